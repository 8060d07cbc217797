package io.apihub.billing.testing;

import io.apihub.billing.access.Role;
import io.apihub.billing.user.EmailAddress;
import io.apihub.billing.user.Memberships;
import io.apihub.billing.user.Passwords;
import io.apihub.billing.user.User;
import io.apihub.billing.user.Users;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Consumer;

/** Makes users in a running billing. */
public final class People {

    public static final String PASSWORD = "correct horse battery";

    private final RunningBilling billing;

    public People(RunningBilling billing) {
        this.billing = billing;
    }

    /** A user who may log in with {@link #PASSWORD}. */
    public User user() {
        return user(user -> {});
    }

    public User user(Consumer<User> change) {
        var email = EmailAddress.of("email", "u-" + UUID.randomUUID() + "@example.com");
        var user = User.active(email, "Some Body", Instant.now());
        user.choosePassword(billing.get(Passwords.class).hash(PASSWORD));
        change.accept(user);
        return billing.get(Users.class).save(user);
    }

    /** Lets somebody else have chosen the user's password, which is good for some seconds. */
    public static void given(User user, long seconds) {
        user.givePassword(user.passwordHash().orElseThrow(), Instant.now().plusSeconds(seconds));
    }

    public void member(User user, UUID tenant, Role role) {
        billing.get(Memberships.class).add(tenant, user.id(), role);
    }

    public Browser browser(User user) {
        return new Browser(billing).logIn(user.email(), PASSWORD);
    }

    /** How many hashes billing has computed. */
    public long hashes() {
        return billing.management("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("apihub_password_hashes_total"))
                .mapToLong(line ->
                        new BigDecimal(line.substring(line.lastIndexOf(' ') + 1)).longValue())
                .sum();
    }
}
