package io.apihub.billing.notice;

import static io.apihub.billing.notice.NoticeStand.BILLING;
import static io.apihub.billing.notice.NoticeStand.OTHER;
import static io.apihub.billing.notice.NoticeStand.PATIENCE;
import static io.apihub.billing.notice.NoticeStand.RECEIVER;
import static io.apihub.billing.notice.NoticeStand.admin;
import static io.apihub.billing.notice.NoticeStand.await;
import static io.apihub.billing.notice.NoticeStand.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.ledger.TransactionKind;
import io.apihub.billing.testing.PastPostings;
import io.apihub.billing.testing.Poll;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;

/** Notices from what happens to who is told, with two billings that share the work. */
class NoticesIT {

    private static final PastPostings POSTINGS = new PastPostings(admin());

    private final NoticeStand stand = new NoticeStand();

    @Test
    void aPaymentIsToldOnceByMailAndWebhookAndSigned() {
        var hook = stand.hook();
        var order = UUID.randomUUID();

        stand.credited(order);
        stand.credited(order);

        var heard = await(hook, 1);
        assertThat(heard.kind()).isEqualTo("payment-credited");
        assertThat(heard.body())
                .contains(
                        "\"credit\":\"10.5\"",
                        order.toString(),
                        stand.name,
                        stand.tenant.toString());
        var seconds =
                Long.parseLong(heard.signature().substring(2, heard.signature().indexOf(',')));
        assertThat(heard.signature())
                .isEqualTo(
                        WebhookSecret.sign(
                                List.of(hook.secret()),
                                Instant.ofEpochSecond(seconds),
                                heard.body()));
        assertThat(stand.awaitMail(order.toString())).contains("10.5 CNY", "赠送 1 CNY");
        assertThat(stand.notices()).hasSize(1);
        assertThat(stand.notices().get(0).get("id").asString()).isEqualTo(heard.id());
        assertThat(stand.notices().get(0).get("mails").asInt()).isOne();
        assertThat(stand.notices().get(0).get("deliveries").asInt()).isOne();
        Poll.until(
                PATIENCE,
                () -> stand.deliveries(hook).get(0).get("state").asString().equals("DELIVERED"));
        assertThat(stand.deliveries(hook)).hasSize(1);
    }

    @Test
    void ofManyNoticesEachComesOnceWhoeverBringsIt() {
        var hook = stand.hook();
        for (int i = 0; i < 30; i++) {
            stand.credited(UUID.randomUUID());
        }

        Poll.until(
                PATIENCE,
                () ->
                        stand.deliveries(hook)
                                .findValuesAsString("state")
                                .equals(Collections.nCopies(30, "DELIVERED")));
        var ids = new HashSet<String>();
        RECEIVER.at(hook.at()).forEach(heard -> ids.add(heard.id()));
        assertThat(ids).hasSize(30);
        assertThat(stand.notices()).hasSize(30);
    }

    @Test
    void aLowBalanceIsToldOnceUntilItWasAboveAgain() {
        long account = POSTINGS.account(stand.tenant);
        post(account, 5_000_000);
        var set =
                stand.browser.put(
                        stand.path + "/notice-settings",
                        Map.of(
                                "lowBalance",
                                "5",
                                "mail",
                                List.of("low-balance"),
                                "webhook",
                                List.of()));
        assertThat(read(set, 200).get("lowBalanceMicros").asString()).isEqualTo("5000000");
        look();
        assertThat(stand.notices()).isEmpty();

        post(account, -1);
        look();
        post(account, -1_000_000);
        look();

        assertThat(stand.notices()).hasSize(1);
        assertThat(stand.notices().get(0).at("/data/balance").asString()).isEqualTo("4.999999");
        assertThat(stand.awaitMail("4.999999 CNY")).contains("5 CNY");

        post(account, 2_000_000);
        look();
        post(account, -2_000_000);
        look();
        assertThat(stand.notices()).hasSize(2);

        stand.browser.put(
                stand.path + "/notice-settings",
                Map.of("lowBalance", "3.5", "mail", List.of(), "webhook", List.of()));
        look();
        stand.browser.put(
                stand.path + "/notice-settings", Map.of("mail", List.of(), "webhook", List.of()));
        look();
        assertThat(stand.notices()).as("4 is not below 3.5").hasSize(2);
    }

    @Test
    void aLimitIsToldOnceForEachPercentageInEachWindow() {
        alert(0, false, "2126-12-01T00:00:00Z");
        limits();
        assertThat(stand.notices()).isEmpty();
        alert(50, false, "2126-12-01T00:00:00Z");
        limits();
        limits();
        alert(80, true, "2126-12-01T00:00:00Z");
        limits();
        alert(50, false, "2127-01-01T00:00:00Z");
        limits();

        assertThat(stand.notices().findValuesAsString("percent")).containsExactly("50", "80", "50");
        assertThat(stand.notices().get(0).at("/data/limit").asString()).isEqualTo("team/daily");
        assertThat(stand.notices().get(0).at("/data/resetsAt").asString())
                .isEqualTo("2127-01-01T00:00:00Z");
    }

    @Test
    void aPlanThatNothingFollowsIsToldAheadAndOnceMoreInItsGrace() {
        var plan = UUID.randomUUID();
        var now = Instant.now();
        admin().update(
                        "INSERT INTO billing.plan (plan_id, name, created_by, created_at)"
                                + " VALUES (?, ?, 'a test', now())",
                        plan,
                        "p-" + plan.toString().substring(0, 8));
        admin().update(
                        "INSERT INTO billing.plan_version VALUES (?, ?, 1, 'P', '', 1, 'MONTH', 0,"
                                + " 3, NULL, 'a test', now())",
                        plan,
                        plan);
        subscribe(plan, stand.tenant, false, now.plus(Duration.ofDays(4)));
        subscribe(plan, UUID.randomUUID(), true, now.plus(Duration.ofDays(2)));
        plans();
        assertThat(stand.notices()).isEmpty();

        ends(now.plus(Duration.ofDays(2)), "");
        plans();
        plans();
        ends(now.minusSeconds(1), ", state = 'GRACE', grace_ends_at = now() + interval '3 days'");
        plans();

        assertThat(stand.notices()).hasSize(2);
        assertThat(stand.notices().get(0).get("kind").asString()).isEqualTo("plan-ending");
        assertThat(stand.awaitMail("p-" + plan.toString().substring(0, 8))).contains("到期");
        assertThat(
                        admin().queryForObject(
                                        "SELECT count(*) FROM billing.notice WHERE kind ="
                                                + " 'plan-ending' AND tenant_id <> ?",
                                        Long.class,
                                        stand.tenant))
                .as("what is renewed by itself does not end")
                .isZero();
    }

    private static void subscribe(UUID plan, UUID tenant, boolean autoRenew, Instant endsAt) {
        admin().update(
                        "INSERT INTO billing.subscription (subscription_id, tenant_id, version_id,"
                                + " auto_renew, period_number, period_starts_at, period_ends_at,"
                                + " anchor_at, anchor_number, created_at) VALUES (?, ?, ?, ?, 1,"
                                + " now() - interval '30 days', ?, now(), 1, now())",
                        UUID.randomUUID(),
                        tenant,
                        plan,
                        autoRenew,
                        Timestamp.from(endsAt));
    }

    private void ends(Instant endsAt, String more) {
        admin().update(
                        "UPDATE billing.subscription SET period_ends_at = ?"
                                + more
                                + " WHERE tenant_id = ?",
                        Timestamp.from(endsAt),
                        stand.tenant);
    }

    private static void plans() {
        BILLING.get(PlanNotices.class).look();
        OTHER.get(PlanNotices.class).look();
    }

    /** What it should say of a limit is missing. */
    @Test
    void whatCannotBeToldIsNotInTheWayOfTheRest() {
        var hook = stand.hook();
        BILLING.get(TransactionTemplate.class)
                .executeWithoutResult(status ->
                        BILLING.get(Notifier.class)
                                .take(
                                        stand.tenant,
                                        NoticeKind.LIMIT_REACHED,
                                        "empty/" + stand.tenant,
                                        Map.of()));
        try {
            stand.credited(UUID.randomUUID());

            assertThat(await(hook, 1).kind()).isEqualTo("payment-credited");
            assertThat(undispatched()).containsExactly("limit-reached");
        } finally {
            admin().update(
                            "UPDATE billing.notice SET dispatched_at = now() WHERE tenant_id = ?",
                            stand.tenant);
        }
    }

    private List<String> undispatched() {
        return admin().query(
                        "SELECT kind FROM billing.notice WHERE tenant_id = ?"
                                + " AND dispatched_at IS NULL",
                        (row, number) -> row.getString(1),
                        stand.tenant);
    }

    @Test
    void whatIsNotWishedIsOnlyRecorded() {
        var hook = stand.hook();
        read(
                stand.browser.put(
                        stand.path + "/notice-settings",
                        Map.of("mail", List.of(), "webhook", List.of("low-balance"))),
                200);

        stand.credited(UUID.randomUUID());

        Poll.until(
                PATIENCE,
                () ->
                        Boolean.TRUE.equals(
                                admin().queryForObject(
                                                "SELECT dispatched_at IS NOT NULL FROM"
                                                        + " billing.notice WHERE tenant_id = ?",
                                                Boolean.class,
                                                stand.tenant)));
        assertThat(stand.notices().get(0).get("mails").asInt()).isZero();
        assertThat(stand.deliveries(hook)).isEmpty();
    }

    private static void post(long account, long micros) {
        POSTINGS.post(account, TransactionKind.ADJUSTMENT, Instant.now(), micros, "a test");
    }

    /** Two at once, as two billings do. */
    private static void look() {
        try (var both = Executors.newVirtualThreadPerTaskExecutor()) {
            both.execute(() -> OTHER.get(Watch.class).lookAtBalances());
            both.execute(() -> BILLING.get(Watch.class).lookAtBalances());
        }
    }

    private void alert(int percent, boolean exhausted, String resetsAt) {
        admin().update(
                        "INSERT INTO billing.limit_state VALUES (?, ?, 'team', 'daily', '', ?, ?,"
                                + " ?::timestamptz) ON CONFLICT (tenant_id, quota_namespace,"
                                + " quota_name, limit_name, subject) DO UPDATE SET exhausted ="
                                + " excluded.exhausted, alerting_percent ="
                                + " excluded.alerting_percent, resets_at = excluded.resets_at",
                        stand.tenant,
                        stand.name,
                        exhausted,
                        percent,
                        resetsAt);
    }

    private static void limits() {
        BILLING.get(Watch.class).lookAtLimits();
        OTHER.get(Watch.class).lookAtLimits();
    }
}
