package io.apihub.billing.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.Poll;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.Soundness;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Credit that is taken back, over HTTP, by the rounds of a running billing. */
class CreditRestIT {

    private static final TestDatabase DATABASE = RunningBilling.sharedDatabase();
    private static final RunningBilling BILLING = RunningBilling.shared();
    private static final Duration SOON = Duration.ofSeconds(30);

    private final String name = "t-" + UUID.randomUUID();
    private final UUID tenant = DATABASE.registry().tenant(name);
    private final String path = "/api/v1/tenants/" + name;

    @AfterEach
    void sound() {
        Soundness.check(DATABASE.admin());
    }

    private HttpResponse<String> post(String what, String key, String body) {
        return BILLING.post(path + what, key, body);
    }

    private JsonNode grant(String amount, String more) {
        var answer =
                post(
                        "/grants",
                        UUID.randomUUID().toString(),
                        "{\"amount\": \"" + amount + "\", \"reason\": \"trial\"" + more + "}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return RunningBilling.json(answer);
    }

    private String balance() {
        return RunningBilling.json(BILLING.get(path + "/balance")).get("balance").asString();
    }

    /** As gateways do, but without one. */
    private void leased(long micros) {
        DATABASE.admin()
                .update(
                        "UPDATE billing.account SET leased_micros = ? WHERE tenant_id = ?",
                        micros,
                        tenant);
    }

    private HttpResponse<String> delete(String what) {
        return BILLING.send(
                BILLING.request(path + what)
                        .header("Authorization", "Bearer " + BILLING.token())
                        .DELETE());
    }

    @Test
    void aDebitTakesOnceHoweverOftenItIsSent() {
        grant("10", "");
        var body = "{\"amount\": \"4.25\", \"reason\": \"paid twice\"}";

        var first = post("/debits", "one", body);
        var again = post("/debits", "one", body);

        assertThat(first.statusCode()).as(first.body()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(RunningBilling.json(first).get("state").asString()).isEqualTo("DONE");
        assertThat(balance()).isEqualTo("5.75");
        var entry = RunningBilling.json(BILLING.get(path + "/ledger")).at("/items/0");
        assertThat(entry.get("kind").asString()).isEqualTo("adjustment");
        assertThat(entry.get("reason").asString()).isEqualTo("paid twice");
        assertThat(entry.get("actor").asString())
                .isEqualTo(RunningBilling.json(first).get("actor").asString());
        var most = post("/debits", "two", "{\"amount\": \"5.750001\", \"reason\": \"r\"}");
        assertThat(most.statusCode()).as(most.body()).isEqualTo(409);
        assertThat(RunningBilling.json(most).get("type").asString()).endsWith(":not-covered");
        assertThat(RunningBilling.json(BILLING.get(path + "/debits")).get("items")).hasSize(1);
    }

    @Test
    void whatIsLeasedIsTakenWhenItIsFree() {
        grant("10", "");
        leased(8_000_000);
        var debit =
                RunningBilling.json(
                        post("/debits", "lent", "{\"amount\": \"9\", \"reason\": \"r\"}"));
        assertThat(debit.get("state").asString()).isEqualTo("PENDING");
        assertThat(debit.get("taken").asString()).isEqualTo("2");

        leased(0);

        var self = path + "/debits/" + debit.get("id").asString();
        Poll.until(
                SOON,
                () ->
                        RunningBilling.json(BILLING.get(self))
                                .get("state")
                                .asString()
                                .equals("DONE"));
        assertThat(balance()).isEqualTo("1");
    }

    @Test
    void aDebitThatIsGivenUpKeepsWhatItTook() {
        grant("10", "");
        leased(8_000_000);
        var debit =
                RunningBilling.json(
                        post("/debits", "given", "{\"amount\": \"9\", \"reason\": \"r\"}"));
        var self = "/debits/" + debit.get("id").asString();

        assertThat(delete(self).statusCode()).isEqualTo(204);
        assertThat(delete(self).statusCode()).as("safe to repeat").isEqualTo(204);

        leased(0);
        var read = RunningBilling.json(BILLING.get(path + self));
        assertThat(read.get("state").asString()).isEqualTo("CANCELLED");
        assertThat(balance()).isEqualTo("8");
        assertThat(delete("/debits/" + UUID.randomUUID()).statusCode()).isEqualTo(404);
    }

    @Test
    void whatIsUnusedExpires() {
        grant("3", "");
        var gift = grant("10", ", \"expiresAt\": \"" + Instant.now().plusSeconds(3_600) + "\"");
        post("/debits", "used", "{\"amount\": \"4\", \"reason\": \"r\"}");
        var seen = RunningBilling.json(BILLING.get(path + "/expiring-credit")).at("/items/0");
        assertThat(seen.get("transactionId")).isEqualTo(gift.get("transactionId"));
        assertThat(seen.get("remaining").asString()).isEqualTo("6");

        DATABASE.admin()
                .update(
                        "UPDATE billing.credit_lot SET expires_at = now()"
                                + " WHERE transaction_id = ?::bigint",
                        gift.get("transactionId").asString());

        Poll.until(SOON, () -> balance().equals("3"));
        var expired = RunningBilling.json(BILLING.get(path + "/expiring-credit")).at("/items/0");
        assertThat(expired.get("remaining").asString()).isEqualTo("0");
        assertThat(expired.get("expired").asString()).isEqualTo("6");
    }

    @Test
    void whatExpiredAlreadyIsNotGiven() {
        var answer =
                post(
                        "/grants",
                        "late",
                        "{\"amount\": \"1\", \"reason\": \"r\", \"expiresAt\":"
                                + " \"2020-01-01T00:00:00Z\"}");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(RunningBilling.json(answer).get("field").asString()).isEqualTo("expiresAt");
    }
}
