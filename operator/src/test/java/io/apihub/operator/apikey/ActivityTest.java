package io.apihub.operator.apikey;

import static io.apihub.operator.apikey.KeyFixtures.key;
import static io.apihub.operator.apikey.KeyFixtures.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ActivityTest {

    private static final Instant NOW = Instant.parse("2026-02-01T00:00:00Z");

    @Test
    void aKeyWithoutAnEndHoldsForEver() {
        var activity = Activity.of(key("disabled: false"), tenant("suspended: false"), NOW);

        assertThat(activity.active().status()).isEqualTo("True");
        assertThat(activity.expiresAt()).isNull();
        assertThat(activity.holdsFor(NOW)).isEmpty();
    }

    @Test
    void theTenantsLongestLifeCountsFromTheCreation() {
        var key = key("expiresAt: '2027-01-01T00:00:00Z'");

        var capped = Activity.of(key, tenant("keys: {maxTtl: 24h}"), NOW);
        assertThat(capped.expiresAt()).isEqualTo("2026-01-02T00:00:00Z");
        assertThat(capped.active().reason()).isEqualTo("Expired");
        var own = Activity.of(key, tenant("keys: {maxTtl: 87600h}"), NOW);
        assertThat(own.expiresAt()).isEqualTo("2027-01-01T00:00:00Z");
    }

    @Test
    void itIsLookedAtAgainWhenTheClockChangesIt() {
        var key = key("notBefore: '2026-02-02T00:00:00Z', expiresAt: '2026-02-03T00:00:00Z'");
        var tenant = tenant("suspended: false");

        var early = Activity.of(key, tenant, NOW);
        assertThat(early.active().reason()).isEqualTo("NotYetValid");
        assertThat(early.holdsFor(NOW)).contains(Duration.ofDays(1).plusMillis(1));
        var begun = NOW.plus(Duration.ofDays(1));
        assertThat(Activity.of(key, tenant, begun).active().status()).isEqualTo("True");
        var over = NOW.plus(Duration.ofDays(2));
        assertThat(Activity.of(key, tenant, over).active().reason()).isEqualTo("Expired");
        assertThat(Activity.of(key, tenant, over).holdsFor(over)).isEmpty();
    }

    @Test
    void disabledAndSuspendedAreSaid() {
        assertThat(
                        Activity.of(key("disabled: true"), tenant("suspended: true"), NOW)
                                .active()
                                .reason())
                .isEqualTo("Disabled");
        assertThat(
                        Activity.of(key("disabled: false"), tenant("suspended: true"), NOW)
                                .active()
                                .reason())
                .isEqualTo("TenantSuspended");
    }
}
