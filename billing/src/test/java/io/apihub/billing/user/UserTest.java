package io.apihub.billing.user;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What users are, one after the other. */
class UserTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    private static User unverified() {
        return User.unverified(EmailAddress.of("email", "a@example.com"), "A", NOW);
    }

    @Test
    void whoIsLetInAgainIsWhatTheyWere() {
        var unproven = unverified();
        var proven = unverified();
        proven.verifyEmail(NOW);
        for (var user : new User[] {unproven, proven}) {
            user.disable();
            user.disable();
            assertThat(user.state()).isEqualTo(UserState.DISABLED);
            user.enable();
            user.enable();
        }

        assertThat(unproven.state()).isEqualTo(UserState.UNVERIFIED);
        assertThat(proven.state()).isEqualTo(UserState.ACTIVE);
    }

    @Test
    void whoProvesTheAddressWhileShutOutIsProvenAfterwards() {
        var user = unverified();
        user.disable();

        user.verifyEmail(NOW);
        assertThat(user.state()).isEqualTo(UserState.DISABLED);
        user.enable();

        assertThat(user.state()).isEqualTo(UserState.ACTIVE);
    }
}
