package io.apihub.billing.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.access.Role;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.ledger.TransactionKind;
import io.apihub.billing.testing.Browser;
import io.apihub.billing.testing.PastPostings;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.RunningBilling;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Statements over HTTP, in all their forms. */
class StatementIT {

    private static final String SCRIPT = "<script>alert('1')</script> & \"x\"";
    private static TestDatabase database;
    private static RunningBilling billing;
    private static People people;
    private static PastPostings past;

    private final String name = "t-" + UUID.randomUUID();
    private final UUID tenant;
    private final String path = "/api/v1/tenants/" + name + "/statements";

    StatementIT() {
        tenant = database.registry().tenant(name);
    }

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        billing = RunningBilling.on(database);
        people = new People(billing);
        past = new PastPostings(database.admin());
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    @BeforeEach
    void aHistory() {
        long account = past.account(tenant);
        post(account, TransactionKind.TOP_UP, "2026-01-31T15:59:59.999999Z", 100_000_000, "");
        post(account, TransactionKind.GRANT, "2026-01-31T16:00:00Z", 5_000_000, SCRIPT);
        post(account, TransactionKind.USAGE, "2026-01-31T23:59:59.999999Z", -1_500_000, "");
        post(account, TransactionKind.REFUND, "2026-02-01T00:00:00Z", -20_000_000, "=cmd");
        post(account, TransactionKind.USAGE, "2026-02-15T00:00:00Z", -1, "");
        post(account, TransactionKind.EXPIRY, "2026-02-15T01:00:00Z", -2_000_000, "");
    }

    private static void post(
            long account, TransactionKind kind, String at, long micros, String reason) {
        past.post(account, kind, Instant.parse(at), micros, reason);
    }

    private Browser viewer() {
        var user = people.user();
        people.member(user, tenant, Role.VIEWER);
        return people.browser(user);
    }

    private static JsonNode read(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return RunningBilling.json(answer);
    }

    @Test
    void aMonthIsWhatTheLedgerHasOfItInItsZone() {
        var viewer = viewer();

        var january = read(viewer.get(path + "/2026-01"));
        var february = read(viewer.get(path + "/2026-02"));
        var januaryInShanghai = read(viewer.get(path + "/2026-01?timeZone=Asia/Shanghai"));

        assertThat(january.get("opening").asString()).isEqualTo("0");
        assertThat(january.get("closing").asString()).isEqualTo("103.5");
        assertThat(january.get("complete").asBoolean()).isTrue();
        assertThat(january.get("charged").asString()).isEqualTo("1.5");
        assertThat(january.get("models").get(0).get("model").asString()).isEmpty();
        assertThat(february.get("openingMicros").asString()).isEqualTo("103500000");
        assertThat(february.get("closing").asString()).isEqualTo("81.499999");
        assertThat(kinds(february))
                .isEqualTo(Map.of("refund", "-20", "usage", "-0.000001", "expiry", "-2"));
        assertThat(kinds(januaryInShanghai)).isEqualTo(Map.of("top-up", "100"));
        assertThat(januaryInShanghai.get("from").asString()).isEqualTo("2025-12-31T16:00:00Z");
    }

    private static Map<String, String> kinds(JsonNode statement) {
        return StreamSupport.stream(statement.get("kinds").spliterator(), false)
                .collect(
                        Collectors.toMap(
                                kind -> kind.get("kind").asString(),
                                kind -> kind.get("amount").asString()));
    }

    @Test
    void theMonthsReachFromTheFirstPostingToNow() {
        var months = read(viewer().get(path + "?timeZone=Asia/Shanghai")).get("items");

        var running = months.get(0).get("month").asString();
        assertThat(months.get(months.size() - 1).get("month").asString()).isEqualTo("2026-01");
        var statement = read(viewer().get(path + "/" + running + "?timeZone=Asia/Shanghai"));
        assertThat(statement.get("complete").asBoolean()).isFalse();
        assertThat(statement.get("closing").asString()).isEqualTo("81.499999");
    }

    @Test
    void theCsvHasEveryPostingAndEndsWithTheClosingBalance() {
        var answer = viewer().get(path + "/2026-02/export?bom=true");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
                .startsWith("text/csv");
        var lines = answer.body().lines().toList();
        assertThat(lines).hasSize(6);
        assertThat(lines.getFirst()).startsWith("\uFEFFtime,kind,transaction");
        assertThat(lines.get(1)).isEqualTo("2026-02-01T00:00:00Z,opening-balance,,,,,,103.5,CNY");
        assertThat(lines.get(2)).contains(",refund,", ",'=cmd,-20,83.5,CNY");
        assertThat(lines.get(5))
                .isEqualTo("2026-03-01T00:00:00Z,closing-balance,,,,,,81.499999,CNY");
        var sum =
                lines.subList(2, 5).stream()
                        .map(line -> new BigDecimal(line.split(",", -1)[6]))
                        .reduce(new BigDecimal("103.5"), BigDecimal::add);
        assertThat(sum).isEqualByComparingTo("81.499999");
    }

    @Test
    void thePageIsSafeAndCompleteInBothLanguages() throws Exception {
        var english = viewer().get(path + "/2026-01/page");
        var chinese = viewer().get(path + "/2026-01/page?lang=zh&timeZone=Asia/Shanghai");

        for (var page : List.of(english, chinese)) {
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.headers().firstValue("Content-Type"))
                    .contains("text/html;charset=UTF-8");
            assertThat(page.body())
                    .doesNotContain("<script", "src=", "href=", "{0}")
                    .contains("@media print", name);
            var style = page.body().split("</?style>", -1)[1];
            var digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(style.getBytes(StandardCharsets.UTF_8));
            assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .startsWith("default-src 'none'; style-src 'sha256-")
                    .contains(Base64.getEncoder().encodeToString(digest));
        }
        assertThat(english.body())
                .contains("<html lang=\"en\">", "Closing balance", "103.50", "Grants")
                .contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;x&quot;");
        assertThat(chinese.body()).contains("<html lang=\"zh-CN\">", "期末余额", "充值", "100.00");
    }

    @Test
    void bothLanguagesHaveTheSameWords() {
        var english = Words.of("en").orElseThrow();
        var chinese = Words.of("zh").orElseThrow();

        assertThat(chinese.words().keySet()).isEqualTo(english.words().keySet());
        for (var kind : TransactionKind.values()) {
            assertThat(english.words()).containsKey(kind.wireName());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/2026-13, month",
        "/2999-01, month",
        "/2026-1, month",
        "/9999999-01, month",
        "/2026-01?timeZone=Mars, timeZone",
        "/2026-01/page?lang=fr, lang",
        "/2026-01/export?bom=maybe, bom",
        "?timeZone=%2B08:00, timeZone",
    })
    void whatCannotBeMeantIsRefused(String rest, String field) {
        var answer = billing.get(path + rest);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(RunningBilling.json(answer).get("field").asString()).isEqualTo(field);
    }

    @Test
    void othersSeeNothingAndAdministratorsAll() {
        var stranger = people.browser(people.user());

        for (var rest : List.of("", "/2026-01", "/2026-01/export", "/2026-01/page")) {
            assertThat(stranger.get(path + rest).statusCode()).as(rest).isEqualTo(404);
            assertThat(billing.get(path + rest).statusCode()).as(rest).isEqualTo(200);
        }
    }

    @Test
    void aTenantWithoutPostingsHasEmptyMonths() {
        var other = "e-" + UUID.randomUUID();
        database.registry().tenant(other);

        var months = read(billing.get("/api/v1/tenants/" + other + "/statements"));
        var empty = read(billing.get("/api/v1/tenants/" + other + "/statements/2026-01"));

        assertThat(months.get("items")).isEmpty();
        assertThat(empty.get("closing").asString()).isEqualTo("0");
        assertThat(
                        billing.get("/api/v1/tenants/" + other + "/statements/2026-01/page")
                                .statusCode())
                .isEqualTo(200);
    }
}
