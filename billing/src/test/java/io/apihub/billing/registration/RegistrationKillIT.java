package io.apihub.billing.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.registration.FaultPoint.Moment;
import io.apihub.billing.testing.Browser;
import io.apihub.billing.testing.ChildJvm;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.Poll;
import io.apihub.billing.testing.RunningBilling;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A process of billing is killed while somebody registers, and the next one goes on: user, Tenant,
 * owner, account and trial are there once, wherever it was. With {@code -Pproof} only: each moment
 * is two starts of billing. {@link RegistrationIT} fails at some of them within one process.
 */
@EnabledIfSystemProperty(named = "kills", matches = "all")
class RegistrationKillIT {

    private static final TestDatabase DATABASE = TestDatabase.create();

    private final String tenant = "t" + UUID.randomUUID().toString().substring(0, 12);

    @BeforeAll
    static void tenants() {
        LastingTenants.create(DATABASE);
    }

    @BeforeEach
    void nobodyTriedBefore() {
        DATABASE.admin().update("DELETE FROM billing.throttle");
    }

    @ParameterizedTest
    @EnumSource
    void whereverItIsKilledTheEndIsTheSame(Moment moment) throws Exception {
        kill(moment);

        assertThat(count("app_user", "email_key = '" + tenant + "@example.com'"))
                .as("the user is there")
                .isEqualTo(1);
        // Else somebody is still working on it, for all that others know.
        DATABASE.admin().update("UPDATE billing.registration SET next_try_at = now()");
        try (var billing =
                RunningBilling.with(
                        MortalRegistrations.settings(DATABASE, moment == Moment.PROVEN),
                        beans -> MortalRegistrations.tenants(beans, DATABASE))) {
            Poll.until(
                    Duration.ofMinutes(2),
                    () ->
                            count(
                                            "registration",
                                            "tenant_name = '" + tenant + "' AND step = 'DONE'")
                                    == 1);
            assertAllIsThereOnce(billing);
        }
    }

    private void assertAllIsThereOnce(RunningBilling billing) {
        assertThat(
                        DATABASE.admin()
                                .queryForList(
                                        "SELECT uid FROM lasting_tenant WHERE name = ?", tenant))
                .as("Tenants")
                .hasSize(1);
        assertThat(
                        count(
                                "member",
                                "role = 'OWNER' AND user_id = (SELECT user_id FROM billing.registration"
                                        + " WHERE tenant_name = '"
                                        + tenant
                                        + "')"))
                .as("owners")
                .isEqualTo(1);
        assertThat(
                        count(
                                "ledger_transaction",
                                "reference = 'trial/' || (SELECT registration_id FROM"
                                        + " billing.registration WHERE tenant_name = '"
                                        + tenant
                                        + "')"))
                .as("trials")
                .isEqualTo(1);
        var browser = new Browser(billing).logIn(tenant + "@example.com", People.PASSWORD);
        assertThat(browser.get("/api/v1/tenants/" + tenant + "/balance").body())
                .contains("\"balance\":\"2.5\"");
        // Whoever heard no answer tries again, and makes nothing.
        var again =
                new Browser(billing).post("/api/v1/registration", MortalRegistrations.wish(tenant));
        assertThat(again.statusCode()).as(again.body()).isIn(202, 201, 409);
        assertThat(count("registration", "tenant_name LIKE '" + tenant + "%'")).isEqualTo(1);
    }

    private static long count(String table, String condition) {
        var count =
                DATABASE.admin()
                        .queryForObject(
                                "SELECT count(*) FROM billing." + table + " WHERE " + condition,
                                Long.class);
        return count == null ? -1 : count;
    }

    /** Starts a process in which somebody registers, and waits until it has been killed. */
    private void kill(Moment moment) throws IOException, InterruptedException {
        ChildJvm.start(
                        "mortal",
                        MortalRegistrations.class,
                        List.of(DATABASE.settings().jdbcUrl(), moment.name(), tenant))
                .assertExit(MortalRegistrations.KILLED);
    }
}
