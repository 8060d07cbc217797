package io.apihub.billing.rate;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.settings.Identity;
import io.apihub.billing.settings.Network;
import io.apihub.billing.settings.Rates;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.TestSettings;
import io.apihub.billing.token.TokenHands;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.support.GenericApplicationContext;

/** How many requests REST answers; time stands still, so that no bucket is refilled meanwhile. */
class RateIT {

    private static final int OF_A_USER = 5;
    private static final int OF_AN_ADDRESS = 9;
    private static TestDatabase database;
    private static RunningBilling billing;

    private static Settings settings() {
        var rates = new Rates(new Rates.Rate(1, OF_A_USER), new Rates.Rate(1, OF_AN_ADDRESS));
        return TestSettings.with(
                TestSettings.with(TestSettings.of(database), rates),
                identity ->
                        new Identity(
                                identity.registration(),
                                identity.sessions(),
                                identity.publicUrl(),
                                List.of(Network.parse("127.0.0.0/8"), Network.parse("10.1.0.0/16")),
                                identity.secretsKeyFile(),
                                identity.firstAdministrator()));
    }

    private static void stopTheClock(GenericApplicationContext beans) {
        var stopped = InstantSource.fixed(InstantSource.system().instant());
        beans.registerBean(
                "stopped", InstantSource.class, () -> stopped, bean -> bean.setPrimary(true));
    }

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        billing = RunningBilling.with(settings(), RateIT::stopTheClock);
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    @Test
    void aUserIsCountedByNameWhateverTheAddress() {
        var one = new TokenHands(billing).personal(new People(billing).user().id(), "read");
        var other = new TokenHands(billing).personal(new People(billing).user().id(), "read");
        for (int i = 0; i < OF_A_USER; i++) {
            var answer = get("203.0.113." + i, one);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().allValues("RateLimit"))
                    .contains("\"user\";r=" + (OF_A_USER - 1 - i) + ";t=" + (i + 1));
            assertThat(answer.headers().allValues("RateLimit-Policy"))
                    .contains("\"user\";q=5;w=5", "\"address\";q=9;w=9");
        }

        var refused = get("203.0.113.77", one);

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("Retry-After")).contains("1");
        assertThat(refused.headers().firstValue("Content-Type").orElseThrow())
                .startsWith("application/problem+json");
        assertThat(RunningBilling.json(refused).get("type").asString())
                .isEqualTo("urn:apihub:problem:too-many-requests");
        assertThat(get("203.0.113.78", other).statusCode()).isEqualTo(200);
    }

    @Test
    void strangersAreCountedByAddressBeforeAnythingElse() {
        use("198.51.100.1");

        assertThat(get("198.51.100.1", "wrong").statusCode()).isEqualTo(429);
        assertThat(get("198.51.100.2", "wrong").statusCode()).isEqualTo(401);
    }

    @Test
    void whatAnUntrustedHopClaimsCountsForNothing() {
        for (int i = 0; i < OF_AN_ADDRESS; i++) {
            get("1.2.3." + i + ", 198.51.100.9, 10.1.2.3", "wrong");
        }

        assertThat(get("9.9.9.9, 198.51.100.9", "wrong").statusCode()).isEqualTo(429);
    }

    @Test
    void ofIpv6AHouseholdIsOne() {
        for (int i = 0; i < OF_AN_ADDRESS; i++) {
            get("2001:db8:1:2:" + i + "::" + i, "wrong");
        }

        assertThat(get("2001:db8:1:2:ffff::1", "wrong").statusCode()).isEqualTo(429);
        assertThat(get("2001:db8:1:3::1", "wrong").statusCode()).isEqualTo(401);
    }

    @Test
    void anIpv4AddressInIpv6ClothesIsTheSame() {
        use("198.51.100.20");

        assertThat(get("::ffff:198.51.100.20", "wrong").statusCode()).isEqualTo(429);
    }

    private static void use(String address) {
        for (int i = 0; i < OF_AN_ADDRESS; i++) {
            assertThat(get(address, "wrong").statusCode()).isEqualTo(401);
        }
    }

    private static HttpResponse<String> get(String forwarded, String token) {
        return billing.send(
                billing.request("/api/v1/session")
                        .header("X-Forwarded-For", forwarded)
                        .header("Authorization", "Bearer " + token));
    }
}
