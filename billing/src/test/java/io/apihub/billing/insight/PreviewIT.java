package io.apihub.billing.insight;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.Records;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.UsageFeed;
import io.apihub.usage.v1.UsageRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What Quotas that do not exist would have refused. */
class PreviewIT {

    private static TestDatabase database;
    private static RunningBilling billing;
    private static UUID acme;
    private static UUID one;
    private static UUID two;
    private static long book;

    /** Ten requests a minute apart around midnight in Shanghai (16:00 UTC), six and four. */
    @BeforeAll
    static void someUsage() {
        database = TestDatabase.create();
        billing = RunningBilling.on(database);
        acme = database.registry().tenant("acme");
        one = database.registry().key(acme, "one", "Ab3dEf9hK2");
        two = database.registry().key(acme, "two", "Bb3dEf9hK2");
        book = database.registry().priceBook(1_000_000, 2_000_000, "2025-01-01T00:00:00Z");
        var records = new ArrayList<UsageRecord>();
        for (int i = 0; i < 10; i++) {
            var of =
                    new Records(acme, UUID.randomUUID(), book)
                            .key(i % 2 == 0 ? one : two)
                            .model(i < 9 ? "gpt-4o" : "claude");
            var at = Instant.parse("2026-11-20T15:54:00Z").plusSeconds(60L * i);
            records.add(Records.measured(of.holdAt(at, 0).setUnmetered(true).build(), 10, 5));
        }
        records.addAll(overlapping());
        UsageFeed.report(billing, records);
    }

    /** Two days before: five requests a minute apart that take two and a half minutes each. */
    private static List<UsageRecord> overlapping() {
        var records = new ArrayList<UsageRecord>();
        for (int i = 0; i < 5; i++) {
            var at = Instant.parse("2026-11-18T10:00:00Z").plusSeconds(60L * i);
            var of = new Records(acme, UUID.randomUUID(), book).key(i % 2 == 0 ? one : two);
            var hold = of.holdAt(at, 0).setUnmetered(true).build();
            records.add(
                    Records.measured(hold, 10, 5).toBuilder()
                            .setFinishedAtMillis(at.plusSeconds(150).toEpochMilli())
                            .build());
        }
        return records;
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Requests Day 4 | '' | UTC | 6 | 2026-11-20T15:58:00Z",
                "Requests Day 4 | '' | Asia/Shanghai | 2 | 2026-11-20T15:58:00Z",
                "Requests Day 4 | Key | UTC | 2 | 2026-11-20T16:02:00Z",
                "Requests Hour 6 | '' | UTC | 0 | ''",
                "TotalTokens Total 149 | '' | UTC | 1 | 2026-11-20T16:03:00Z",
                "TotalTokens Total 150 | '' | UTC | 0 | ''",
                "InputTokens Month 10 | '' | UTC | 9 | 2026-11-20T15:55:00Z",
                "OutputTokens Week 10 | Key | UTC | 6 | 2026-11-20T15:58:00Z",
                "Requests Minute 1 | '' | UTC | 0 | ''",
                "InputTokens Minute 9 | '' | UTC | 10 | 2026-11-20T15:54:00Z",
                "Cost Day \"0.00004\" | '' | UTC | 8 | 2026-11-20T15:56:00Z",
                "Concurrency - 1 | '' | UTC | 0 | ''",
                "Concurrency - 0 | '' | UTC | 10 | 2026-11-20T15:54:00Z",
            })
    void refusalsAreThoseOfTheRealLimits(
            String proposed, String per, String zone, long refused, String first) {
        var parts = proposed.split(" ", -1);
        var window = parts[1].equals("-") ? "" : ", \"window\": \"" + parts[1] + "\"";
        var preview =
                preview(
                        "{\"timeZone\": \""
                                + zone
                                + "\""
                                + (per.isEmpty() ? "" : ", \"per\": \"" + per + "\"")
                                + ", \"limits\": [{\"name\": \"l\", \"metric\": \""
                                + parts[0]
                                + "\""
                                + window
                                + ", \"amount\": "
                                + parts[2]
                                + "}]}");
        var limit = preview.get("limits").get(0);

        assertThat(preview.get("requests").asLong()).isEqualTo(10);
        assertThat(preview.get("complete").asBoolean()).isTrue();
        assertThat(limit.get("refused").asLong()).isEqualTo(refused);
        assertThat(limit.path("firstRefusedAt").asString("")).isEqualTo(first);
        assertThat(preview.get("refused").asLong()).isEqualTo(refused);
    }

    /** What is refused holds no slot, and what ended gives its slot back. */
    @ParameterizedTest
    @CsvSource({
        "3, '', 0, ''",
        "2, '', 1, 2026-11-18T10:02:00Z",
        "1, '', 3, 2026-11-18T10:01:00Z",
        "1, Key, 2, 2026-11-18T10:02:00Z"
    })
    void slotsAreHeldForAsLongAsRequestsTake(int slots, String per, long refused, String first) {
        var spec =
                "{%s\"limits\": [{\"name\": \"l\", \"metric\": \"Concurrency\", \"amount\": %d}]}"
                        .formatted(per.isEmpty() ? "" : "\"per\": \"" + per + "\", ", slots);

        var limit = preview("2026-11-18", spec).get("limits").get(0);

        assertThat(limit.get("requests").asLong()).isEqualTo(5);
        assertThat(limit.get("refused").asLong()).isEqualTo(refused);
        assertThat(limit.path("firstRefusedAt").asString("")).isEqualTo(first);
    }

    @Test
    void keysAndGlobsNarrowAndARefusedRequestTakesNothing() {
        var preview =
                preview(
                        "{\"tenantRef\": {\"name\": \"acme\"}, \"owner\": \"Tenant\", \"keys\":"
                                + " [\"one\"], \"limits\": [{\"name\": \"none\", \"metric\":"
                                + " \"Requests\", \"window\": \"Total\", \"amount\": 0},"
                                + " {\"name\": \"gpt\", \"metric\": \"Requests\", \"window\":"
                                + " \"Total\", \"amount\": 1, \"models\": [\"gpt-*\"]}]}");
        var none = preview.get("limits").get(0);
        var gpt = preview.get("limits").get(1);

        assertThat(none.get("requests").asLong()).isEqualTo(5);
        assertThat(none.get("refused").asLong()).isEqualTo(5);
        assertThat(none.get("refusedPercent").asString()).isEqualTo("100.00");
        assertThat(none.get("keys").get(0).get("key").asString()).isEqualTo("one");
        assertThat(gpt.get("refused").asLong()).as("all were refused before").isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | spec.limits",
                "{\"limits\": [null]} | spec.limits[0].name",
                "{\"limits\": [{\"name\": \"l\", \"metric\": \"Hats\"}]} | spec.limits[0].metric",
                "{\"limits\": [{\"name\": \"l\", \"metric\": \"Cost\"}]} | spec.limits[0].window",
                "{\"limits\": [{\"name\": \"l\", \"metric\": \"Cost\", \"window\": \"Day\","
                        + " \"amount\": 5}]} | spec.limits[0].amount",
                "{\"limits\": [{\"name\": \"l\", \"metric\": \"Requests\", \"window\": \"Day\","
                        + " \"amount\": -5}]} | spec.limits[0].amount",
                "{\"selector\": {}, \"keys\": [\"one\"], \"limits\": [{}]} | spec.selector",
                "{\"selector\": {\"matchLabels\": {\"a\": null}}, \"limits\": [{}]}"
                        + " | spec.selector.matchLabels",
                "{\"selector\": {\"matchExpressions\": [{\"key\": \"a\", \"operator\": \"Like\"}]},"
                        + " \"limits\": [{}]} | spec.selector.matchExpressions",
                "{\"selector\": {\"matchExpressions\": [{\"key\": \"a\", \"operator\": \"In\"}]},"
                        + " \"limits\": [{}]} | spec.selector.matchExpressions",
                "{\"timeZone\": \"Mars\", \"limits\": [{}]} | spec.timeZone",
                "{\"keys\": [\"nobody\"], \"limits\": [{}]} | spec.keys",
                "{\"limit\": []} | limit",
            })
    void aWrongFieldIsNamed(String spec, String field) {
        var response =
                billing.post(
                        "/api/v1/tenants/acme/quotas/preview", null, "{\"spec\": " + spec + "}");

        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(RunningBilling.json(response).get("field").asString()).isEqualTo(field);
    }

    private static JsonNode preview(String spec) {
        return preview("2026-11-20", spec);
    }

    private static JsonNode preview(String day, String spec) {
        var span = "\"from\": \"%sT00:00:00Z\", \"to\": \"%sT23:59:59Z\"".formatted(day, day);
        var body = "{" + span + ", \"spec\": " + spec + "}";
        var response = billing.post("/api/v1/tenants/acme/quotas/preview", null, body);
        var same =
                billing.post(
                        "/api/v1/quotas/preview",
                        null,
                        "{\"tenant\": \"acme\", " + body.substring(1));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(same.body()).isEqualTo(response.body());
        return RunningBilling.json(response);
    }
}
