package io.apihub.operator;

import static io.apihub.operator.Eventually.eventually;
import static io.apihub.operator.Observed.is;
import static io.apihub.operator.Observed.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.crd.v1alpha1.Quota;
import io.apihub.crd.v1alpha1.Tenant;
import io.apihub.operator.OperatorHarness.Running;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.CustomResource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** From billing's table of used up limits to conditions, Events and metrics. */
class LimitStatesIT {

    private static final Path BILLING =
            Path.of("../billing/src/main/resources/db/billing/V1__ledger_leases_usage.sql");

    private static OperatorHarness harness;
    private static Running operator;

    @BeforeAll
    static void start() throws Exception {
        harness = new OperatorHarness();
        operator = harness.startLeader("default");
        // billing comes later than the operator, as it may.
        tenant("early", "");
        quota("early", "Target");
        eventually("in force", () -> is(quota("early"), "Ready", "True"));
        assertThat(is(quota("early"), "Exhausted", "False")).isFalse();
        harness.postgres().execute("CREATE SCHEMA billing");
        harness.postgres().execute(Files.readString(BILLING));
    }

    @AfterAll
    static void stop() throws Exception {
        operator.close();
        harness.close();
    }

    @Test
    void whatBillingSaysLaterIsAddedToWhatIsThere() throws Exception {
        eventually("Exhausted=False", () -> is(quota("early"), "Exhausted", "False"));
        assertThat(is(quota("early"), "Alerting", "False")).isTrue();
    }

    @Test
    void aTransitionBecomesAConditionAnEventAndAMetric() throws Exception {
        tenant("near", "");
        quota("near", "Target");
        eventually("Exhausted=False", () -> is(quota("near"), "Exhausted", "False"));

        state("near", "robots", "daily", "", "false, 80, '2100-01-01T00:00:00Z'");

        eventually("Alerting", () -> is(quota("near"), "Alerting", "True"));
        assertThat(message(quota("near"), "Alerting"))
                .isEqualTo("limit 'daily' until 2100-01-01T00:00:00Z has reached 80 %");
        assertThat(is(quota("near"), "Exhausted", "False")).isTrue();
        eventually("the Event", () -> events(quota("near")).size() == 1);
        var event = events(quota("near")).getFirst();
        assertThat(event.getType()).isEqualTo("Warning");
        assertThat(event.getReason()).isEqualTo("AlertPercentReached");
        assertThat(event.getNote()).isEqualTo(message(quota("near"), "Alerting"));
        var labels = "{limit=\"daily\",namespace=\"near\",quota=\"robots\"}";
        assertThat(operator.metric("apihub_operator_limit_alerting_percent" + labels))
                .isEqualTo(80);

        state("near", "robots", "daily", "", "true, 95, '2100-01-01T00:00:00Z'");
        eventually("Exhausted", () -> is(quota("near"), "Exhausted", "True"));
        assertThat(operator.metric("apihub_operator_limit_exhausted" + labels)).isEqualTo(1);

        state("near", "robots", "daily", "", "false, 0, '2100-01-01T00:00:00Z'");
        eventually("the end", () -> is(quota("near"), "Exhausted", "False"));
        assertThat(is(quota("near"), "Alerting", "False")).isTrue();
        assertThat(operator.get("/metrics")).doesNotContain("namespace=\"near\"");
    }

    @Test
    void aWindowThatEndsNeedsNoWordOfBilling() throws Exception {
        tenant("ending", "");
        quota("ending", "Key");
        eventually("Exhausted=False", () -> is(quota("ending"), "Exhausted", "False"));

        state("ending", "robots", "daily", "ci", "true, 0, now() + interval '2 seconds'");

        eventually("Exhausted", () -> is(quota("ending"), "Exhausted", "True"));
        assertThat(message(quota("ending"), "Exhausted"))
                .startsWith("limit 'daily' of ApiKey ci until ");
        eventually("the end", () -> is(quota("ending"), "Exhausted", "False"));
    }

    @Test
    void theTenantsOwnLimitsAreSaidOfTheTenant() throws Exception {
        tenant("own", "limits: [{name: all, metric: Cost, window: Total, amount: '5'}]");
        eventually("Exhausted=False", () -> is(tenant("own"), "Exhausted", "False"));

        state("own", "", "all", "", "true, 0, NULL");

        eventually("Exhausted", () -> is(tenant("own"), "Exhausted", "True"));
        assertThat(message(tenant("own"), "Exhausted")).isEqualTo("limit 'all'");
        eventually("the Event", () -> events(tenant("own")).size() == 1);
    }

    @Test
    void nothingIsWrittenWhileNothingChanges() throws Exception {
        tenant("still", "");
        quota("still", "Target");
        state("still", "robots", "daily", "", "true, 80, '2100-01-01T00:00:00Z'");
        eventually("Exhausted", () -> is(quota("still"), "Exhausted", "True"));
        eventually("the Events", () -> events(quota("still")).size() == 2);
        eventually("no writes wait", () -> operator.metric("apihub_operator_status_queue") == 0);
        var version = OperatorHarness.version(quota("still"));

        // Twice the same word, once more by NOTIFY alone, and a replacement of the operator.
        state("still", "robots", "daily", "", "true, 80, '2100-01-01T00:00:00Z'");
        harness.postgres().execute("NOTIFY limit_state, 'still/robots'");
        operator.close();
        operator = harness.startLeader("default");
        quota("still-marker", "still", "Target");
        eventually("a later object", () -> is(find("still", "still-marker"), "Exhausted", "False"));

        assertThat(OperatorHarness.version(quota("still"))).isEqualTo(version);
        assertThat(events(quota("still"))).hasSize(2);
    }

    /** As billing writes it: with its role, in one transaction with its NOTIFY. */
    private static void state(
            String tenant, String quota, String limit, String subject, String values)
            throws SQLException {
        try (var connection = harness.postgres().billing().getConnection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(
                    """
                    INSERT INTO billing.limit_state (tenant_id, quota_namespace, quota_name, limit_name,
                        subject, exhausted, alerting_percent, resets_at) VALUES ('%s', '%s', '%s', '%s', '%s', %s)
                    ON CONFLICT (tenant_id, quota_namespace, quota_name, limit_name, subject) DO UPDATE SET
                        exhausted = EXCLUDED.exhausted, alerting_percent = EXCLUDED.alerting_percent,
                        resets_at = EXCLUDED.resets_at, changed_at = now()
                    """
                            .formatted(uid(tenant), tenant, quota, limit, subject, values));
            statement.execute("NOTIFY limit_state, '%s/%s'".formatted(tenant, quota));
            connection.commit();
        }
    }

    private static UUID uid(String tenant) {
        return UUID.fromString(tenant(tenant).getMetadata().getUid());
    }

    private static List<Event> events(CustomResource<?, ?> object) {
        return harness.admin().events().v1().events().inAnyNamespace().list().getItems().stream()
                .filter(event ->
                        event.getRegarding().getUid().equals(object.getMetadata().getUid()))
                .toList();
    }

    private static void tenant(String name, String more) throws Exception {
        harness.apply(
                """
                apiVersion: apihub.io/v1alpha1
                kind: Tenant
                metadata: {name: %s}
                spec:
                  namespace: %s
                  %s
                """
                        .formatted(name, name, more));
        eventually(
                "its namespace", () -> harness.admin().namespaces().withName(name).get() != null);
    }

    private static void quota(String tenant, String per) {
        quota("robots", tenant, per);
    }

    private static void quota(String name, String tenant, String per) {
        harness.apply(
                """
                apiVersion: apihub.io/v1alpha1
                kind: Quota
                metadata: {name: %s, namespace: %s}
                spec:
                  tenantRef: {name: %s}
                  selector: {}
                  per: %s
                  limits: [{name: daily, metric: Requests, window: Day, amount: 10, alertPercent: [80, 95]}]
                """
                        .formatted(name, tenant, tenant, per));
    }

    private static Tenant tenant(String name) {
        return harness.admin().resources(Tenant.class).withName(name).get();
    }

    private static Quota quota(String namespace) {
        return find(namespace, "robots");
    }

    private static Quota find(String namespace, String name) {
        return harness.admin().resources(Quota.class).inNamespace(namespace).withName(name).get();
    }
}
