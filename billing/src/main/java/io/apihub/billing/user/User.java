package io.apihub.billing.user;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A person with an account here. */
@Entity
@Table(name = "app_user")
public class User {

    private static final String ACTOR = "user/";

    @Id
    @Column(name = "user_id")
    private UUID id;

    private String email;
    private String emailKey;
    private String displayName;
    private @Nullable String passwordHash;

    @Enumerated(EnumType.STRING)
    private UserState state;

    /** What they were who are shut out now; null for everybody else. */
    @Enumerated(EnumType.STRING)
    private @Nullable UserState stateBefore;

    private boolean administrator;
    private boolean passwordMustChange;

    /** Null for a password that the user chose. */
    private @Nullable Instant passwordEndsAt;

    private @Nullable Instant emailVerifiedAt;
    private Instant createdAt;

    @Version private @Nullable Long version;

    /** For Hibernate. */
    @SuppressWarnings("NullAway.Init")
    protected User() {}

    private User(UUID id, EmailAddress email, String displayName, Instant now) {
        this.id = id;
        this.email = email.text();
        this.emailKey = email.key();
        this.displayName = displayName;
        this.state = UserState.ACTIVE;
        this.createdAt = now;
    }

    /** A user who may log in at once; nobody has proven that the address is theirs. */
    public static User active(EmailAddress email, String displayName, Instant now) {
        return new User(UUID.randomUUID(), email, displayName, now);
    }

    /** A user who has to prove first that the address is theirs. */
    public static User unverified(EmailAddress email, String displayName, Instant now) {
        var user = active(email, displayName, now);
        user.state = UserState.UNVERIFIED;
        return user;
    }

    public UUID id() {
        return id;
    }

    /** As ledger and audit log name this user. */
    public String actor() {
        return actor(id);
    }

    /** As ledger and audit log name a user. */
    public static String actor(UUID user) {
        return ACTOR + user;
    }

    /** The id of the user whom ledger and audit log name so; empty if it is none. */
    public static Optional<UUID> ofActor(String actor) {
        return actor.startsWith(ACTOR)
                ? Optional.of(UUID.fromString(actor.substring(ACTOR.length())))
                : Optional.empty();
    }

    public String email() {
        return email;
    }

    /** Where mail goes. */
    public EmailAddress address() {
        return new EmailAddress(email, emailKey);
    }

    public String displayName() {
        return displayName;
    }

    public UserState state() {
        return state;
    }

    public boolean administrator() {
        return administrator;
    }

    /** Empty for those who only log in elsewhere. */
    public Optional<String> passwordHash() {
        return Optional.ofNullable(passwordHash);
    }

    /** Until the password is changed, nothing else is allowed. */
    public boolean passwordMustChange() {
        return passwordMustChange;
    }

    public boolean emailVerified() {
        return emailVerifiedAt != null;
    }

    public Instant createdAt() {
        return createdAt;
    }

    /** Counts changes; null before the first save. */
    public @Nullable Long version() {
        return version;
    }

    public void rename(String name) {
        displayName = name;
    }

    /** Takes the hash of a password that the user chose. */
    public void choosePassword(String hash) {
        passwordHash = hash;
        passwordMustChange = false;
        passwordEndsAt = null;
    }

    /** Takes the hash of a password that somebody else knows too, which is good until then. */
    public void givePassword(String hash, Instant end) {
        passwordHash = hash;
        passwordMustChange = true;
        passwordEndsAt = end;
    }

    /** Whether the password was given by somebody else, and too long ago. */
    public boolean passwordIsOver(Instant now) {
        return passwordEndsAt != null && !now.isBefore(passwordEndsAt);
    }

    /** Takes a new hash of the password that the user has already. */
    public void rehash(String hash) {
        passwordHash = hash;
    }

    /** The address is theirs. Lets them in, unless an administrator has shut them out. */
    public void verifyEmail(Instant now) {
        if (emailVerifiedAt == null) {
            emailVerifiedAt = now;
        }
        if (state == UserState.UNVERIFIED) {
            state = UserState.ACTIVE;
        }
        if (stateBefore == UserState.UNVERIFIED) {
            stateBefore = UserState.ACTIVE;
        }
    }

    /** Shuts them out. */
    public void disable() {
        if (state != UserState.DISABLED) {
            stateBefore = state;
            state = UserState.DISABLED;
        }
    }

    /** Makes them what they were before they were shut out: that proves nothing new. */
    public void enable() {
        if (state == UserState.DISABLED) {
            state = stateBefore == null ? UserState.ACTIVE : stateBefore;
            stateBefore = null;
        }
    }

    /** Lets them in, whatever they were: whose installation it is says who they are. */
    public void admit() {
        state = UserState.ACTIVE;
        stateBefore = null;
    }

    public void makeAdministrator(boolean yes) {
        administrator = yes;
    }

    @Override
    public String toString() {
        return actor();
    }
}
