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

/** Usage that came from a gateway, as an administrator sees it. */
class UsageRestIT {

    private static TestDatabase database;
    private static RunningBilling billing;
    private static UUID acme;
    private static UUID globex;
    private static UUID acmeKey;
    private static long book;

    @BeforeAll
    static void someUsage() {
        database = TestDatabase.create();
        billing = RunningBilling.on(database);
        acme = database.registry().tenant("acme");
        globex = database.registry().tenant("globex");
        acmeKey = database.registry().key(acme, "ci-robot", "Ab3dEf9hK2");
        book = database.registry().priceBook(1_000_000, 2_000_000, "2026-01-01T00:00:00Z");
        var ofAcme = new Records(acme, UUID.randomUUID(), book).key(acmeKey);
        var ofGlobex = new Records(globex, UUID.randomUUID(), book).model("claude");
        UsageFeed.report(
                billing,
                List.of(
                        at(ofAcme, "2026-11-22T15:59:59.999Z", 10, 1),
                        at(ofAcme, "2026-11-22T16:00:00Z", 20, 2),
                        at(ofAcme, "2026-11-22T16:00:30Z", 30, 3),
                        at(ofAcme, "2026-11-23T08:15:00Z", 40, 4),
                        at(ofGlobex, "2026-11-22T16:30:00Z", 500, 50)));
    }

    private static UsageRecord at(Records records, String instant, long input, long output) {
        return Records.measured(
                records.holdAt(Instant.parse(instant), 0).setUnmetered(true).build(),
                input,
                output);
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    @Test
    void aRecordShowsAllOfIt() {
        var newest = items("/api/v1/usage?limit=1").getFirst();

        assertThat(newest.get("at").asString()).isEqualTo("2026-11-23T08:15:00Z");
        assertThat(newest.get("tenant").asString()).isEqualTo("acme");
        assertThat(newest.get("key").asString()).isEqualTo("ci-robot");
        assertThat(newest.get("tokens").get("input").asInt()).isEqualTo(40);
        assertThat(newest.get("costMicros").asString()).isEqualTo("48");
        assertThat(newest.get("cost").asString()).isEqualTo("0.000048");
        assertThat(newest.get("costParts").get("output").asString()).isEqualTo("0.000008");
        assertThat(newest.get("outcome").asString()).isEqualTo("measured");
        assertThat(newest.get("priceVersion").asString()).isEqualTo(String.valueOf(book));
        assertThat(newest.has("firstByteAt")).isFalse();
    }

    @Test
    void filtersNarrow() {
        assertThat(items("/api/v1/usage")).hasSize(5);
        assertThat(items("/api/v1/usage?tenant=acme")).hasSize(4);
        assertThat(items("/api/v1/usage?tenant=" + globex)).hasSize(1);
        assertThat(items("/api/v1/usage?key=" + acmeKey)).hasSize(4);
        assertThat(items("/api/v1/usage?key=Ab3dEf9hK2")).hasSize(4);
        assertThat(items("/api/v1/usage?model=claude")).hasSize(1);
        assertThat(items("/api/v1/usage?model=claud")).isEmpty();
        assertThat(items("/api/v1/usage?tenant=acme&model=claude")).isEmpty();
    }

    @Test
    void fromIsInAndToIsOut() {
        assertThat(items("/api/v1/usage?tenant=acme&from=2026-11-22T16:00:00Z")).hasSize(3);
        assertThat(items("/api/v1/usage?tenant=acme&to=2026-11-22T16:00:00Z")).hasSize(1);
        assertThat(
                        items(
                                "/api/v1/usage?tenant=acme&from=2026-11-23T00:00:00%2B08:00"
                                        + "&to=2026-11-22T16:00:30Z"))
                .hasSize(1);
    }

    @Test
    void pagesShowEveryRecordOnceFromTheNewest() {
        var seen = new ArrayList<String>();

        var cursor = "";
        do {
            var page = RunningBilling.json(billing.get("/api/v1/usage?limit=2" + cursor));
            page.get("items").forEach(item -> seen.add(item.get("at").asString()));
            cursor = page.has("nextCursor") ? "&cursor=" + page.get("nextCursor").asString() : "";
        } while (!cursor.isEmpty());

        assertThat(seen)
                .containsExactly(
                        "2026-11-23T08:15:00Z",
                        "2026-11-22T16:30:00Z",
                        "2026-11-22T16:00:30Z",
                        "2026-11-22T16:00:00Z",
                        "2026-11-22T15:59:59.999Z");
    }

    @Test
    void daysAreTheZonesDays() {
        var span = "&from=2026-11-22T00:00:00Z&to=2026-11-24T00:00:00Z&tenant=acme";

        var utc = items("/api/v1/usage/aggregates?bucket=day" + span);
        var shanghai = items("/api/v1/usage/aggregates?bucket=day&timeZone=Asia/Shanghai" + span);

        assertThat(utc)
                .extracting(UsageRestIT::sum)
                .containsExactly("2026-11-22 3 60", "2026-11-23 1 40");
        assertThat(shanghai)
                .as("midnight in Shanghai is 16:00 UTC")
                .extracting(UsageRestIT::sum)
                .containsExactly("2026-11-21 1 10", "2026-11-22 3 90");
    }

    private static String sum(JsonNode item) {
        return item.get("bucket").asString().substring(0, 10)
                + " "
                + item.get("requests").asInt()
                + " "
                + item.get("tokens").get("input").asInt();
    }

    @Test
    void groupsAreWhatIsAskedFor() {
        var span = "&from=2026-11-22T00:00:00Z&to=2026-11-24T00:00:00Z";

        var byTime = items("/api/v1/usage/aggregates?bucket=day&groupBy=" + span);
        var byTenant = items("/api/v1/usage/aggregates?bucket=day&groupBy=tenant" + span);
        var byAll = items("/api/v1/usage/aggregates?bucket=minute&groupBy=tenant,key,model" + span);

        assertThat(byTime).hasSize(2);
        assertThat(byTime.getFirst().has("model")).isFalse();
        assertThat(byTenant).hasSize(3);
        assertThat(byAll).hasSize(4);
        assertThat(byAll.get(1).get("key").asString()).isEqualTo("ci-robot");
        assertThat(byAll.get(1).get("requests").asInt()).isEqualTo(2);
        assertThat(byAll.get(1).get("costMicros").asString()).isEqualTo("60");
    }

    /** Of all that is asked for all is read, so that so much may be asked for. */
    @ParameterizedTest
    @CsvSource({
        "bucket=day, 2026-08-24T00:00:00Z, from, 92 days",
        "bucket=day&tenant=acme, 2025-10-20T00:00:00Z, from, 400 days",
        "bucket=minute, 2026-11-17T00:00:00Z, bucket, seven days",
    })
    void aSpanThatIsTooLongIsRefusedByItsField(
            String query, Instant first, String field, String allowed) {
        var path = "/api/v1/usage/aggregates?groupBy=&to=2026-11-24T00:00:00Z&" + query + "&from=";

        assertThat(billing.get(path + first).statusCode()).isEqualTo(200);
        var refused = billing.get(path + first.minusMillis(1));

        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
        assertThat(RunningBilling.json(refused).get("field").asString()).isEqualTo(field);
        assertThat(RunningBilling.json(refused).get("detail").asString()).contains(allowed);
    }

    private static List<JsonNode> items(String path) {
        var response = billing.get(path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        var items = new ArrayList<JsonNode>();
        RunningBilling.json(response).get("items").forEach(items::add);
        return items;
    }
}
