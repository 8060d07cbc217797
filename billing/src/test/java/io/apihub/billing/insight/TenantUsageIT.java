package io.apihub.billing.insight;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.Records;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.UsageFeed;
import io.apihub.model.usage.Notes;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.Tokens;
import io.apihub.usage.v1.UsageRecord;
import java.net.http.HttpResponse;
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

/** What a tenant sees of its own usage. */
class TenantUsageIT {

    private static TestDatabase database;
    private static RunningBilling billing;
    private static UUID acme;
    private static UUID globex;
    private static UUID robot;
    private static UUID human;
    private static UUID foreign;
    private static long book;
    private static final String SPAN = "from=2026-10-01T00:00:00Z&to=2026-11-01T00:00:00Z";

    private static Records robots;
    private static Records humans;

    private static Records records(UUID tenant, UUID key, String model) {
        return new Records(tenant, UUID.randomUUID(), book).key(key).model(model);
    }

    @BeforeAll
    static void someUsage() {
        database = TestDatabase.create();
        billing = RunningBilling.on(database);
        acme = database.registry().tenant("acme");
        globex = database.registry().tenant("globex");
        robot = database.registry().key(acme, "=robot,1", "Ab3dEf9hK2");
        human = database.registry().key(acme, "human", "Bb3dEf9hK2");
        foreign = database.registry().key(globex, "foreign", "Cb3dEf9hK2");
        book = database.registry().priceBook(1_000_000, 2_000_000, "2025-01-01T00:00:00Z");
        robots = records(acme, robot, "gpt-4o");
        humans = records(acme, human, "claude");
        var records = new ArrayList<UsageRecord>();
        // In Berlin, 25 October 2026 has 25 hours: midnight was 22:00 UTC, the next one is 23:00.
        for (var at :
                List.of(
                        "2026-10-24T21:59:59Z",
                        "2026-10-24T22:00:00Z",
                        "2026-10-25T00:30:00Z",
                        "2026-10-25T01:30:00Z",
                        "2026-10-25T22:59:59Z",
                        "2026-10-25T23:00:00Z")) {
            records.add(measured(robots, at, 10, 100));
        }
        for (int i = 1; i <= 100; i++) {
            records.add(timed(humans, "2026-10-10T00:00:00Z", i, 10L * i));
        }
        records.add(
                Records.record(
                                hold(humans, "2026-10-11T00:00:00Z"),
                                UsageRecord.Outcome.OUTCOME_VOIDED)
                        .setStatus(503)
                        .build());
        records.add(
                Records.record(
                                hold(humans, "2026-10-12T00:00:00Z").toBuilder()
                                        .setStream(true)
                                        .setDialect("anthropic_messages")
                                        .build(),
                                UsageRecord.Outcome.OUTCOME_ESTIMATED)
                        .setTokens(Tokens.newBuilder().setInput(1))
                        .build());
        records.add(measured(records(globex, foreign, "secret"), "2026-10-24T22:00:00Z", 1, 1));
        records.add(answered("openai", 200));
        records.add(answered("openai", 503));
        records.add(answered("azure", 429));
        records.add(answered("azure", 502).toBuilder().setNote(Notes.CREDENTIAL_REFUSED).build());
        UsageFeed.report(billing, records);
    }

    /** By an Upstream, and just now. */
    private static UsageRecord answered(String upstream, int status) {
        var hold = records(globex, foreign, "secret").holdAt(Instant.now(), 0);
        return Records.record(hold.setUnmetered(true).build(), UsageRecord.Outcome.OUTCOME_MEASURED)
                .setTokens(Tokens.newBuilder().setInput(1))
                .setUpstream(upstream)
                .setStatus(status)
                .build();
    }

    private static Hold hold(Records records, String at) {
        return records.holdAt(Instant.parse(at), 0).setUnmetered(true).build();
    }

    private static UsageRecord measured(Records records, String at, long input, long output) {
        return Records.measured(hold(records, at), input, output);
    }

    private static UsageRecord timed(Records records, String at, long firstByte, long total) {
        var hold = hold(records, at);
        return Records.record(hold, UsageRecord.Outcome.OUTCOME_MEASURED)
                .setTokens(Tokens.newBuilder().setInput(1))
                .setFirstByteAtMillis(hold.getAdmittedAtMillis() + firstByte)
                .setFinishedAtMillis(hold.getAdmittedAtMillis() + total)
                .build();
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    @ParameterizedTest
    @CsvSource({
        "'', 108",
        "key=Ab3dEf9hK2, 6",
        "model=claude, 102",
        "outcome=voided, 1",
        "outcome=estimated, 1",
        "status=503, 1",
        "status=5xx, 1",
        "status=2xx, 107",
        "dialect=anthropic_messages, 1",
        "stream=true, 1",
        "stream=false, 107",
        "estimated=true, 1",
        "model=secret, 0",
    })
    void filtersNarrow(String filter, int expected) {
        assertThat(items("/usage?limit=500&" + SPAN + "&" + filter)).hasSize(expected);
    }

    @Test
    void pagesShowEveryRecordOnce() {
        var seen = new ArrayList<String>();
        var cursor = "";
        do {
            var page = json("/usage?limit=7&" + SPAN + cursor);
            page.get("items").forEach(item -> seen.add(item.get("id").asString()));
            cursor = page.has("nextCursor") ? "&cursor=" + page.get("nextCursor").asString() : "";
        } while (!cursor.isEmpty());

        assertThat(seen).hasSize(108).doesNotHaveDuplicates();
    }

    @Test
    void anotherTenantsKeyIsUnknown() {
        assertThat(get("/usage?key=Cb3dEf9hK2").statusCode()).isEqualTo(404);
        assertThat(items("/usage?" + SPAN + "&key=" + foreign)).isEmpty();
        for (var path : List.of("aggregates?bucket=day&", "top?", "latency?", "errors?")) {
            assertThat(items("/usage/" + path + SPAN + "&key=" + foreign)).as(path).isEmpty();
        }
        assertThat(get("/usage/export?" + SPAN + "&key=" + foreign).body()).hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource({"Europe/Berlin", "Asia/Kolkata"})
    void aDayIsTheZonesDayWhateverItsLength(String zone) {
        var days =
                items(
                        "/usage/aggregates?bucket=day&groupBy=&model=gpt-4o&timeZone="
                                + zone
                                + "&"
                                + SPAN);

        if (zone.equals("Europe/Berlin")) {
            assertThat(days)
                    .extracting(TenantUsageIT::sum)
                    .containsExactly(
                            "2026-10-23T22:00:00Z 1",
                            "2026-10-24T22:00:00Z 4",
                            "2026-10-25T23:00:00Z 1");
        } else {
            assertThat(days)
                    .extracting(TenantUsageIT::sum)
                    .containsExactly("2026-10-24T18:30:00Z 4", "2026-10-25T18:30:00Z 2");
        }
    }

    @Test
    void hoursAndMinutesAddUpToTheSame() {
        for (var bucket : List.of("hour", "day", "week", "month")) {
            var exact = items("/usage/aggregates?groupBy=&bucket=" + bucket + "&" + SPAN);
            var cut =
                    items(
                            "/usage/aggregates?groupBy=&bucket="
                                    + bucket
                                    + "&from=2026-10-01T00:07:00Z&to=2026-10-31T23:58:00Z");

            assertThat(exact.stream().mapToLong(sum -> sum.get("requests").asLong()).sum())
                    .isEqualTo(108);
            assertThat(cut).isEqualTo(exact);
        }
        assertThat(
                        items("/usage/aggregates?bucket=week&groupBy=&model=gpt-4o&" + SPAN)
                                .getFirst()
                                .get("bucket")
                                .asString())
                .as("a Monday")
                .isEqualTo("2026-10-19T00:00:00Z");
    }

    private static String sum(JsonNode item) {
        return item.get("bucket").asString() + " " + item.get("requests").asInt();
    }

    @Test
    void theTopIsByWhatIsAskedFor() {
        var byCost = items("/usage/top?" + SPAN);
        var byRequests = items("/usage/top?order=requests&limit=1&" + SPAN);
        var models = items("/usage/top?by=model&order=tokens&" + SPAN);

        assertThat(byCost)
                .extracting(key -> key.get("key").asString())
                .containsExactly("=robot,1", "human");
        assertThat(byRequests)
                .extracting(key -> key.get("key").asString())
                .containsExactly("human");
        assertThat(models)
                .extracting(model -> model.get("model").asString())
                .containsExactly("gpt-4o", "claude");
    }

    @Test
    void percentilesAreExact() {
        var all = json("/usage/latency?" + SPAN + "&outcome=measured&model=claude");
        var latency = all.get("items").get(0);

        assertThat(all.get("complete").asBoolean()).isTrue();
        assertThat(latency.get("model").asString()).isEqualTo("claude");
        assertThat(latency.get("requests").asInt()).isEqualTo(100);
        assertThat(latency.get("firstByte").get("p50").asInt()).isEqualTo(50);
        assertThat(latency.get("firstByte").get("p95").asInt()).isEqualTo(95);
        assertThat(latency.get("firstByte").get("p99").asInt()).isEqualTo(99);
        assertThat(latency.get("total").get("p99").asInt()).isEqualTo(990);
    }

    @Test
    void errorsAreToldByOutcomeAndStatus() {
        var errors = items("/usage/errors?" + SPAN);

        assertThat(errors)
                .extracting(error ->
                        error.get("outcome").asString() + " " + error.get("status").asInt())
                .containsExactly("estimated 200", "voided 503");
    }

    @Test
    void administratorsSeeHowUpstreamsAnswered() {
        var lately = RunningBilling.json(billing.get("/api/v1/upstreams?minutes=60"));

        assertThat(lately.get("complete").asBoolean()).isTrue();
        assertThat(lately.get("items").valueStream())
                .extracting(one ->
                        one.get("upstream").asString()
                                + " "
                                + one.get("requests").asInt()
                                + " "
                                + one.get("answered").asInt()
                                + " "
                                + one.get("refused").asInt()
                                + " "
                                + one.get("failed").asInt()
                                + " "
                                + one.get("credentialRefused").asInt())
                .containsExactly("azure 2 0 1 0 1", "openai 2 1 0 1 0");
        var openai = lately.get("items").get(1);
        assertThat(openai.has("lastAnswered") && openai.has("lastFailed")).isTrue();
        assertThat(lately.get("items").get(0).has("lastFailed")).isFalse();
        assertThat(billing.get("/api/v1/upstreams?minutes=0").statusCode()).isEqualTo(400);
    }

    @Test
    void onlyAdministratorsSeeWhereThePlatformBuys() {
        var lately = "from=" + Instant.now().minusSeconds(3_600);
        var all = RunningBilling.json(billing.get("/api/v1/usage?tenant=globex&" + lately));
        var path = "/api/v1/tenants/globex/usage";
        var own = RunningBilling.json(billing.get(path + "?" + lately)).get("items");
        var lines = billing.get(path + "/export?" + lately).body();

        assertThat(all.get("items").valueStream())
                .extracting(record -> record.get("upstream").asString())
                .containsExactlyInAnyOrder("openai", "openai", "azure", "azure");
        assertThat(own).hasSize(4);
        assertThat(own.valueStream()).noneMatch(record -> record.has("upstream"));
        assertThat(lines).hasLineCount(5).doesNotContain("azure");
    }

    @Test
    void theExportHasEveryRecordAndNoFormula() {
        var response = get("/usage/export?bom=true&" + SPAN);
        var lines = response.body().split("\r\n", -1);

        assertThat(response.headers().firstValue("Content-Type"))
                .contains("text/csv;charset=UTF-8");
        assertThat(lines[0]).startsWith("\uFEFFid,at,tenant,key,");
        assertThat(lines).hasSize(1 + 108 + 1);
        assertThat(lines[1]).contains(",acme,\"'=robot,1\",000008M0kX,openai_chat,gpt-4o,");
        assertThat(get("/usage/export?" + SPAN + "&model=none").body())
                .startsWith("id,")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource({
        "usage?tenant=globex, tenant",
        "usage?status=many, status",
        "usage?stream=yes, stream",
        "usage?outcome=good, outcome",
        "usage?from=0001-01-01T00:00:00Z, from",
        "usage?from=2024-01-01T00:00:00Z, from",
        "usage?to=+999999999-12-31T23:59:59Z, to",
        "usage?model=a%00b, model",
        "usage/export?bom=x, bom",
        "usage/aggregates?groupBy=tenant, groupBy",
        "usage/aggregates?bucket=minute&from=2026-01-01T00:00:00Z, bucket",
        "usage/top?limit=101, limit",
        "usage/top?by=tenant, by",
        "usage/top?order=name, order",
        "usage/latency?groupBy=key, groupBy",
        "usage/errors?x=1, x",
    })
    void aWrongParameterIsRefusedByItsName(String path, String parameter) {
        var response = get("/" + path);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(RunningBilling.json(response).get("field").asString()).isEqualTo(parameter);
    }

    private static HttpResponse<String> get(String path) {
        return billing.get("/api/v1/tenants/acme" + path.replace("+", "%2B"));
    }

    private static JsonNode json(String path) {
        var response = get(path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return RunningBilling.json(response);
    }

    private static List<JsonNode> items(String path) {
        var items = new ArrayList<JsonNode>();
        json(path).get("items").forEach(items::add);
        return items;
    }
}
