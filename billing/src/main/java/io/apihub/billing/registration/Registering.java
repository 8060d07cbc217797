package io.apihub.billing.registration;

import io.apihub.billing.access.Caller;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.identity.EmailVerification;
import io.apihub.billing.identity.Throttle;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.settings.Identity;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.user.EmailAddress;
import io.apihub.billing.user.Memberships;
import io.apihub.billing.user.Passwords;
import io.apihub.billing.user.User;
import io.apihub.billing.user.UserState;
import io.apihub.billing.user.Users;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Takes registrations in: the user and what is to follow are written together. */
@Component
class Registering {

    private static final int MOST_FROM_ONE_ADDRESS = 10;
    private static final Duration WINDOW = Duration.ofHours(1);
    private static final int MOST_STEPS = 4;

    private final Identity.Registration rules;
    private final Users users;
    private final Passwords passwords;
    private final Throttle throttle;
    private final Memberships memberships;
    private final Registrations registrations;
    private final Saga saga;
    private final InvitationBook invitations;
    private final EmailVerification verification;
    private final AuditLog audit;
    private final TransactionTemplate transactions;
    private final InstantSource clock;
    private final FaultPoint fault;

    Registering(
            Settings settings,
            Entrance entrance,
            Registrations registrations,
            Saga saga,
            AuditLog audit,
            TransactionTemplate transactions) {
        this.rules = settings.identity().registration();
        this.users = entrance.users();
        this.passwords = entrance.passwords();
        this.throttle = entrance.throttle();
        this.memberships = entrance.memberships();
        this.clock = entrance.clock();
        this.invitations = entrance.invitations();
        this.verification = entrance.verification();
        this.fault = entrance.fault();
        this.registrations = registrations;
        this.saga = saga;
        this.audit = audit;
        this.transactions = transactions;
    }

    /** What lets people in, and where a process may end meanwhile. */
    @Component
    record Entrance(
            Users users,
            Passwords passwords,
            Throttle throttle,
            Memberships memberships,
            InstantSource clock,
            InvitationBook invitations,
            EmailVerification verification,
            FaultPoint fault) {}

    /**
     * Somebody who wants to be a user, with fields that were checked.
     *
     * @param password as {@link io.apihub.billing.user.PasswordRules} let it pass
     */
    record Applicant(EmailAddress email, String password, String displayName) {}

    /** Refuses those who may not register at all. */
    void admit(EmailAddress email, String block) {
        if (!rules.mailDomains().isEmpty() && !rules.mailDomains().contains(email.domain())) {
            throw new Refused(
                    Problem.invalid("email", "Addresses of this domain may not register here."));
        }
        throttle.count(
                new Throttle.Bound("register/address/" + block, MOST_FROM_ONE_ADDRESS, WINDOW));
    }

    /**
     * Makes the user, and as much of the tenant as goes at once. Where addresses have to be proven,
     * somebody's own makes nothing and answers the same.
     *
     * @throws Refused 409 if address or name are somebody's already
     */
    Registration register(Applicant applicant, String tenantName, String tenantDisplayName) {
        var user = user(applicant);
        var registration =
                new Registration(
                        UUID.randomUUID(),
                        user.id(),
                        tenantName,
                        tenantDisplayName,
                        rules.template(),
                        rules.trialGrant(),
                        verification.isRequired() ? Step.VERIFYING : Step.PROVISIONING,
                        null);
        add(user, registration);
        fault.reached(FaultPoint.Moment.ACCEPTED);
        return goOn(registration);
    }

    private User user(Applicant applicant) {
        var hash = passwords.hash(applicant.password());
        var now = clock.instant();
        var user =
                verification.isRequired()
                        ? User.unverified(applicant.email(), applicant.displayName(), now)
                        : User.active(applicant.email(), applicant.displayName(), now);
        user.choosePassword(hash);
        return user;
    }

    /**
     * Makes the user a member of the tenant that invited, or makes nothing.
     *
     * @throws Refused 400 if the invitation is no good, 409 if the address is somebody's already
     */
    InvitationBook.Joined join(Applicant applicant, String invitation) {
        if (!invitations.isOpen(invitation, applicant.email())) {
            throw notGood();
        }
        var user = user(applicant);
        try {
            return Objects.requireNonNull(
                    transactions.execute(status -> {
                        var saved = add(user);
                        var joined =
                                invitations
                                        .accept(invitation, saved)
                                        .orElseThrow(Registering::notGood);
                        if (joined.mailed()) {
                            saved.verifyEmail(clock.instant());
                            users.save(saved);
                        } else if (verification.isRequired()) {
                            verification.begin(saved);
                        }
                        registered(saved, joined.name());
                        return joined;
                    }));
        } catch (DataIntegrityViolationException e) {
            throw emailTaken();
        }
    }

    /** Who has an address; somebody who never proved it does not. */
    private Optional<User> owner(EmailAddress address) {
        return users.findByEmailKey(address.key())
                .filter(before ->
                        before.state() != UserState.UNVERIFIED
                                || memberships.isAnywhere(before.id()));
    }

    /** Somebody who never proved the address loses it to whoever registers with it next. */
    private User add(User user) {
        if (owner(user.address()).isPresent()) {
            throw emailTaken();
        }
        users.findByEmailKey(user.address().key())
                .ifPresent(before -> {
                    users.delete(before);
                    // Hibernate would insert first.
                    users.flush();
                });
        return users.saveAndFlush(user);
    }

    private void registered(User user, String tenant) {
        audit.record(
                new Caller(user.actor(), user.id(), false, Map.of()),
                "user.registered",
                user.actor(),
                Map.of("tenant", tenant));
    }

    private void add(User user, Registration registration) {
        try {
            transactions.executeWithoutResult(status -> {
                if (registrations.isTaken(registration.tenantName())) {
                    throw nameTaken();
                }
                var owner = owner(user.address());
                if (owner.isPresent() && verification.isRequired()) {
                    // Said by mail alone: the answer tells nobody who has an account.
                    owner.filter(one -> one.state() == UserState.ACTIVE)
                            .ifPresent(verification::remind);
                    return;
                }
                var saved = add(user);
                registrations.add(registration);
                if (verification.isRequired()) {
                    verification.begin(saved);
                }
                registered(saved, registration.tenantName());
            });
        } catch (DataIntegrityViolationException e) {
            // Somebody else was as quick: one of the two unique indexes says which it is.
            throw users.existsByEmailKey(user.address().key()) ? emailTaken() : nameTaken();
        }
    }

    /** As far as it goes while the user waits; the rest is the resumer's. */
    private Registration goOn(Registration registration) {
        for (int i = 0; i < MOST_STEPS; i++) {
            var claimed = registrations.claim(registration.id(), Resumer.LEASE);
            if (claimed.isEmpty()) {
                break;
            }
            if (saga.advance(claimed.get()) == Step.NAME_TAKEN) {
                undo(registration);
                throw nameTaken();
            }
        }
        return registrations.ofUser(registration.user()).orElse(registration);
    }

    /** Nothing was made outside, and the user was told of nothing yet. */
    private void undo(Registration registration) {
        transactions.executeWithoutResult(
                status -> users.findById(registration.user()).ifPresent(users::delete));
    }

    /**
     * Chooses another name, after somebody took the first one.
     *
     * @throws Refused 409 if there is nothing to choose, or the name is taken too
     */
    Registration rename(Registration registration, String tenantName, Caller caller) {
        if (registration.step() != Step.NAME_TAKEN) {
            throw new Refused(
                    Problem.taken("tenantName", "This registration has its name already."));
        }
        try {
            if (registrations.isTaken(tenantName)) {
                throw nameTaken();
            }
            transactions.executeWithoutResult(status -> {
                registrations.rename(registration.id(), tenantName);
                audit.record(
                        caller,
                        "registration.renamed",
                        User.actor(registration.user()),
                        Map.of("tenant", tenantName));
            });
        } catch (DataIntegrityViolationException e) {
            throw nameTaken();
        }
        return registrations.ofUser(registration.user()).orElse(registration);
    }

    private static Refused emailTaken() {
        return new Refused(
                Problem.taken("email", "A user has this address already; log in instead."));
    }

    private static Refused notGood() {
        return new Refused(
                Problem.invalid(
                        "invitation",
                        "No invitation for whoever holds it has this token, or it was used, revoked"
                                + " or has expired; ask for another."));
    }

    private static Refused nameTaken() {
        return new Refused(
                Problem.taken("tenantName", "A tenant has this name already; choose another."));
    }
}
