package io.apihub.billing.identity;

import io.apihub.billing.access.Caller;
import io.apihub.billing.database.DatabaseGate;
import io.apihub.billing.settings.Identity;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.user.EmailAddress;
import io.apihub.billing.user.Passwords;
import io.apihub.billing.user.User;
import io.apihub.billing.user.Users;
import java.time.InstantSource;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Makes the first administrator, if one is configured and there is none. Without a configured
 * password it is a random one, in a file with mode 0600, and must be changed at the first log-in,
 * which removes the file. An account that is there with that address is taken over: all ways into
 * it end.
 */
@Component
class FirstAdministrator {

    private static final Logger LOG = LoggerFactory.getLogger(FirstAdministrator.class);

    private final Identity.FirstAdministrator wanted;
    private final Users users;
    private final Passwords passwords;
    private final Takeover takeover;
    private final ChangeLog changes;
    private final InstantSource clock;
    private final OneTimePassword oneTime;

    FirstAdministrator(
            Settings settings,
            Accounts accounts,
            ChangeLog changes,
            InstantSource clock,
            OneTimePassword oneTime) {
        this.wanted = settings.identity().firstAdministrator();
        this.users = accounts.users();
        this.passwords = accounts.passwords();
        this.takeover = accounts.takeover();
        this.changes = changes;
        this.clock = clock;
        this.oneTime = oneTime;
    }

    /** Users, and what they get in by. */
    @Component("firstAccounts")
    record Accounts(Users users, Passwords passwords, Takeover takeover) {}

    /** Makes it as soon as there is a database. */
    @Autowired
    final void when(DatabaseGate gate) {
        gate.onceOpen(this::make);
    }

    /** Safe to repeat and to race: the file is written before the user is there to log in. */
    final void make() {
        var email = wanted.email();
        if (email == null) {
            return;
        }
        changes.transactions()
                .executeWithoutResult(status -> {
                    users.lockForFirstAdministrator();
                    var address = EmailAddress.of("APIHUB_ADMIN_EMAIL", email);
                    if (users.existsByAdministratorTrue()) {
                        users.findByEmailKey(address.key()).ifPresent(oneTime::forget);
                    } else {
                        make(address);
                    }
                });
    }

    private void make(EmailAddress address) {
        var known = users.findByEmailKey(address.key());
        // Anybody may have registered with the address: nothing of theirs makes an administrator.
        known.ifPresent(user -> takeover.of(user.id()));
        var user = known.orElseGet(() -> User.active(address, "Administrator", clock.instant()));
        user.admit();
        user.makeAdministrator(true);
        var hash = wanted.passwordHash();
        if (hash == null) {
            user.givePassword(passwords.hash(oneTime.mint()));
            LOG.info("the one-time password of {} is in {}", address.text(), oneTime.file());
        } else {
            user.choosePassword(hash);
        }
        users.saveAndFlush(user);
        changes.audit()
                .record(
                        Caller.administrator("configuration"),
                        "user.made-administrator",
                        user.actor(),
                        Map.of("account", known.isPresent() ? "taken over" : "new"));
    }
}
