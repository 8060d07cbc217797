package io.apihub.billing.redemption;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.access.Role;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.Browser;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.Soundness;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Codes over HTTP, one by one and many at once. */
class RedemptionIT {

    private static final TestDatabase DATABASE = RunningBilling.sharedDatabase();
    private static final RunningBilling BILLING = RunningBilling.shared();
    private static final People PEOPLE = new People(BILLING);

    private final String name = "t-" + UUID.randomUUID();
    private final UUID tenant = DATABASE.registry().tenant(name);

    /** All of these tests have one address. */
    @BeforeEach
    void nobodyHasTriedYet() {
        DATABASE.admin().update("DELETE FROM billing.throttle");
    }

    @AfterEach
    void theBooksAreSound() {
        Soundness.check(DATABASE.admin());
    }

    private Browser member(Role role) {
        var user = PEOPLE.user();
        PEOPLE.member(user, tenant, role);
        return PEOPLE.browser(user);
    }

    private static JsonNode batch(String more) {
        var answer =
                BILLING.post(
                        "/api/v1/code-batches",
                        UUID.randomUUID().toString(),
                        "{\"note\": \"spring\", \"value\": \"2.5\"" + more + "}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return RunningBilling.json(answer);
    }

    private static String code(JsonNode batch) {
        return batch.get("codes").get(0).asString();
    }

    private static String path(JsonNode batch) {
        return "/api/v1/code-batches/" + batch.at("/details/id").asString();
    }

    private HttpResponse<String> redeem(Browser browser, String code) {
        return browser.post("/api/v1/tenants/" + name + "/redemptions", Map.of("code", code));
    }

    private HttpResponse<String> redeem(Browser browser, String code, String key) {
        return browser.send(
                "POST",
                "/api/v1/tenants/" + name + "/redemptions",
                Map.of("code", code),
                browser.csrfToken(),
                "Idempotency-Key",
                key);
    }

    private static HttpResponse<String> revoke(JsonNode batch) {
        return BILLING.send(
                BILLING.request(path(batch))
                        .header("Authorization", "Bearer " + BILLING.token())
                        .DELETE());
    }

    private long micros() {
        return Objects.requireNonNull(
                DATABASE.admin()
                        .queryForObject(
                                "SELECT coalesce(sum(balance_micros), 0) FROM billing.account"
                                        + " WHERE tenant_id = ?",
                                Long.class,
                                tenant));
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String slug) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(RunningBilling.json(answer).get("type").asString()).endsWith(":" + slug);
    }

    /** Does all of it at the same time. */
    private static List<HttpResponse<String>> atOnce(List<Callable<HttpResponse<String>>> work)
            throws Exception {
        var answers = new ArrayList<HttpResponse<String>>();
        try (var executor = Executors.newFixedThreadPool(work.size())) {
            for (var done : executor.invokeAll(work)) {
                answers.add(done.get());
            }
        }
        return answers;
    }

    private static long redeemed(List<HttpResponse<String>> answers) {
        return answers.stream().filter(answer -> answer.statusCode() == 201).count();
    }

    @Test
    void aCodeIsShownOnceGivesCreditOnceAndIsKeptAsADigest() {
        var batch = batch(", \"codes\": 3");
        var code = code(batch);
        assertThat(batch.get("codes")).hasSize(3);
        assertThat(batch.get("csv").asString())
                .startsWith("code,value,currency,uses,expiresAt,note\r\n" + code + ",2.5,CNY,1,,")
                .hasLineCount(4);
        assertThat(BILLING.get(path(batch)).body()).doesNotContain(code);
        assertThat(
                        DATABASE.admin()
                                .queryForList("SELECT body FROM billing.idempotent_answer")
                                .toString())
                .doesNotContain(code);
        var developer = member(Role.DEVELOPER);

        var answer = redeem(developer, code.replace("-", ""));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        assertThat(RunningBilling.json(answer).get("balance").asString()).isEqualTo("2.5");
        assertProblem(redeem(developer, code), 409, "code-not-redeemable");
        assertProblem(redeem(member(Role.OWNER), code), 409, "code-not-redeemable");
        assertThat(micros()).isEqualTo(2_500_000);
        assertThat(RunningBilling.json(BILLING.get(path(batch))).get("used").asLong()).isOne();
        var use = RunningBilling.json(BILLING.get(path(batch) + "/uses")).at("/items/0");
        assertThat(use.get("tenantId").asString()).isEqualTo(tenant.toString());
        assertThat(use.get("transactionId"))
                .isEqualTo(RunningBilling.json(answer).get("transactionId"));
        assertThat(redeem(member(Role.VIEWER), batch.get("codes").get(1).asString()).statusCode())
                .isEqualTo(403);
    }

    @Test
    void sixteenAtOnceRedeemACodeAsOftenAsItMayBe() throws Exception {
        var once = code(batch(""));
        var five = code(batch(", \"usesPerCode\": 5"));
        var browsers = new ArrayList<Browser>();
        for (int i = 0; i < 16; i++) {
            browsers.add(member(Role.OWNER));
        }

        for (var limit : Map.of(once, 1L, five, 5L).entrySet()) {
            var answers =
                    atOnce(
                            browsers.stream()
                                    .<Callable<HttpResponse<String>>>map(
                                            browser -> () -> redeem(browser, limit.getKey()))
                                    .toList());

            assertThat(redeemed(answers)).isEqualTo(limit.getValue());
            answers.stream()
                    .filter(answer -> answer.statusCode() != 201)
                    .forEach(answer -> assertProblem(answer, 409, "code-not-redeemable"));
        }
        assertThat(micros()).isEqualTo(6 * 2_500_000);
    }

    @Test
    void aUserWithManyCodesAtOnceGetsNoMoreOfABatchThanOneUserMay() throws Exception {
        var batch = batch(", \"codes\": 8, \"usesPerUser\": 2");
        var browser = member(Role.OWNER);
        var work = new ArrayList<Callable<HttpResponse<String>>>();
        batch.get("codes").forEach(code -> work.add(() -> redeem(browser, code.asString())));

        var answers = atOnce(work);

        assertThat(redeemed(answers)).isEqualTo(2);
        answers.stream()
                .filter(answer -> answer.statusCode() != 201)
                .forEach(answer -> assertProblem(answer, 409, "code-limit-of-user"));
        assertThat(micros()).isEqualTo(2 * 2_500_000);
        assertThat(redeem(member(Role.OWNER), unused(batch)).statusCode()).isEqualTo(201);
    }

    private static String unused(JsonNode batch) {
        var used =
                DATABASE.admin()
                        .queryForList(
                                "SELECT c.number FROM billing.code_use u JOIN billing.code c"
                                        + " USING (code_id) WHERE u.batch_id = ?::uuid",
                                Integer.class,
                                batch.at("/details/id").asString());
        int number = 1;
        while (used.contains(number)) {
            number++;
        }
        return batch.get("codes").get(number - 1).asString();
    }

    @Test
    void whatIsRevokedWhileManyRedeemGivesNothingAfterwards() throws Exception {
        var batch = batch(", \"usesPerCode\": 100, \"usesPerUser\": 100");
        var work = new ArrayList<Callable<HttpResponse<String>>>();
        for (int i = 0; i < 15; i++) {
            var browser = member(Role.OWNER);
            work.add(() -> redeem(browser, code(batch)));
        }
        work.add(() -> revoke(batch));
        Collections.swap(work, 7, 15);

        var answers = atOnce(work);

        assertThat(revoke(batch).statusCode()).as("safe to repeat").isEqualTo(204);
        var read = RunningBilling.json(BILLING.get(path(batch)));
        assertThat(read.get("used").asLong()).isEqualTo(redeemed(answers));
        assertThat(micros()).isEqualTo(redeemed(answers) * 2_500_000);
        assertThat(
                        DATABASE.admin()
                                .queryForObject(
                                        "SELECT count(*) FROM billing.audit"
                                                + " WHERE action = 'code.batch-revoked' AND subject"
                                                + " = 'code-batch/' || ?",
                                        Long.class,
                                        read.get("id").asString()))
                .isOne();
        assertProblem(redeem(member(Role.OWNER), code(batch)), 409, "code-not-redeemable");
    }

    @Test
    void anExpiredCodeIsAnsweredLikeOneThatNeverWas() {
        var batch = batch(", \"expiresAt\": \"" + Instant.now().plusSeconds(3_600) + "\"");
        DATABASE.admin()
                .update(
                        "UPDATE billing.code_batch SET expires_at = clock_timestamp()"
                                + " WHERE batch_id = ?::uuid",
                        batch.at("/details/id").asString());
        var browser = member(Role.OWNER);

        var expired = redeem(browser, code(batch));
        var unknown = redeem(browser, RedemptionCode.mint(new Random()).reveal());

        assertProblem(expired, 409, "code-not-redeemable");
        assertThat(unknown.body()).isEqualTo(expired.body());
        assertThat(micros()).isZero();
    }

    @Test
    void aRepeatWithTheSameKeyUsesACodeOnce() {
        var code = code(batch(", \"usesPerCode\": 5, \"usesPerUser\": 5"));
        var browser = member(Role.OWNER);
        var answers = new ArrayList<HttpResponse<String>>();
        for (int i = 0; i < 3; i++) {
            answers.add(redeem(browser, code, "mine"));
        }

        assertThat(answers).extracting(HttpResponse::body).containsOnly(answers.getFirst().body());
        assertThat(answers.getLast().headers().firstValue("Idempotency-Replayed")).contains("true");
        assertThat(micros()).isEqualTo(2_500_000);
    }

    @Test
    void guessingIsThrottledAndAGoodCodeGivesTheTriesBack() {
        var batch = batch(", \"codes\": 2, \"usesPerUser\": 2");
        var browser = member(Role.OWNER);
        for (int i = 0; i < 9; i++) {
            assertProblem(redeem(browser, "nonsense"), 400, "invalid-field");
        }
        assertThat(redeem(browser, code(batch)).statusCode()).isEqualTo(201);
        for (int i = 0; i < 10; i++) {
            assertProblem(redeem(browser, "nonsense"), 400, "invalid-field");
        }

        var throttled = redeem(browser, batch.get("codes").get(1).asString());

        assertProblem(throttled, 429, "too-many-requests");
        assertThat(throttled.headers().firstValue("Retry-After")).isPresent();
        assertThat(micros()).isEqualTo(2_500_000);
    }

    @Test
    void theAnswerOfAnEarlierRedemptionGivesNoTriesBack() {
        var code = code(batch(""));
        var browser = member(Role.OWNER);
        assertThat(redeem(browser, code, "mine").statusCode()).isEqualTo(201);
        for (int i = 0; i < 9; i++) {
            assertProblem(redeem(browser, "nonsense"), 400, "invalid-field");
        }

        var replayed = redeem(browser, code, "mine");

        assertThat(replayed.headers().firstValue("Idempotency-Replayed")).contains("true");
        assertProblem(redeem(browser, "nonsense"), 429, "too-many-requests");
    }

    @Test
    void ordersThatMakeNoSenseNameTheField() {
        for (var wrong :
                Map.of(
                                "\"value\": \"-1\"", "value",
                                "\"value\": \"1e3\"", "value",
                                "\"value\": \"\uFF11\"", "value",
                                "\"codes\": 0", "codes",
                                "\"codes\": 5001", "codes",
                                "\"usesPerCode\": -1", "usesPerCode",
                                "\"usesPerUser\": 1001", "usesPerUser",
                                "\"expiresAt\": \"2020-01-01T00:00:00Z\"", "expiresAt",
                                "\"note\": \"\\u200b\"", "note")
                        .entrySet()) {
            var valid = new ArrayList<>(List.of("\"note\": \"n\"", "\"value\": \"1\""));
            valid.removeIf(field -> wrong.getKey().startsWith(field.substring(0, 6)));
            valid.add(wrong.getKey());

            var answer =
                    BILLING.post(
                            "/api/v1/code-batches", null, "{" + String.join(", ", valid) + "}");

            assertProblem(answer, 400, "invalid-field");
            assertThat(RunningBilling.json(answer).get("field").asString())
                    .isEqualTo(wrong.getValue());
        }
    }
}
