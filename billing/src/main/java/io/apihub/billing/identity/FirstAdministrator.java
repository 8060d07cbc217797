package io.apihub.billing.identity;

import io.apihub.billing.access.Caller;
import io.apihub.billing.database.DatabaseGate;
import io.apihub.billing.settings.Identity;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.user.EmailAddress;
import io.apihub.billing.user.Passwords;
import io.apihub.billing.user.User;
import io.apihub.billing.user.UserState;
import io.apihub.billing.user.Users;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Makes the first administrator, if one is configured and there is none. Without a configured
 * password it is a random one, in a file with mode 0600, and must be changed at the first log-in,
 * which removes the file; until then there is another one each day. An account that is there with
 * that address is taken over: all ways into it end.
 */
@Component
class FirstAdministrator {

    private static final Logger LOG = LoggerFactory.getLogger(FirstAdministrator.class);

    private static final Duration LIFE = Duration.ofHours(24);

    /** So long after its end a process renews a password whose file is another one's, or lost. */
    private static final Duration PATIENCE = Duration.ofHours(1);

    private final Identity.FirstAdministrator wanted;
    private final Users users;
    private final Passwords passwords;
    private final Takeover takeover;
    private final ChangeLog changes;
    private final InstantSource clock;
    private final OneTimePassword oneTime;
    private volatile boolean open;

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
        gate.onceOpen(() -> {
            open = true;
            make();
        });
    }

    @Scheduled(fixedDelay = 600_000, initialDelay = 600_000)
    void renew() {
        if (open) {
            make();
        }
    }

    /** Safe to repeat and to race: the file is written before the user is there to log in. */
    final void make() {
        var email = wanted.email();
        if (email == null) {
            return;
        }
        changes.transactions()
                .executeWithoutResult(status -> {
                    users.lockAdministrators();
                    var address = EmailAddress.of("APIHUB_ADMIN_EMAIL", email);
                    if (users.existsByAdministratorTrue()) {
                        users.findByEmailKey(address.key()).ifPresent(this::keep);
                    } else {
                        make(address);
                    }
                });
    }

    private void keep(User user) {
        if (isOver(user)) {
            give(user);
            users.saveAndFlush(user);
            record(user, "user.password-renewed", Map.of());
        } else {
            oneTime.forget(user);
        }
    }

    /** Nobody has used it, and now nobody can. */
    private boolean isOver(User user) {
        var now = clock.instant();
        return wanted.passwordHash() == null
                && user.administrator()
                && user.state() == UserState.ACTIVE
                && user.passwordIsOver(oneTime.isHere() ? now : now.minus(PATIENCE));
    }

    private void give(User user) {
        user.givePassword(passwords.hash(oneTime.mint()), clock.instant().plus(LIFE));
        LOG.info(
                "the one-time password of {}, good for {} h, is in {}",
                user.email(),
                LIFE.toHours(),
                oneTime.file());
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
            give(user);
        } else {
            user.choosePassword(hash);
        }
        users.saveAndFlush(user);
        var account = known.isPresent() ? "taken over" : "new";
        record(user, "user.made-administrator", Map.of("account", account));
    }

    private void record(User user, String action, Map<String, String> detail) {
        changes.audit().record(Caller.administrator("configuration"), action, user.actor(), detail);
    }
}
