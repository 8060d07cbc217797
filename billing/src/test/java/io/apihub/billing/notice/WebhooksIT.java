package io.apihub.billing.notice;

import static io.apihub.billing.notice.NoticeStand.DATABASE;
import static io.apihub.billing.notice.NoticeStand.PATIENCE;
import static io.apihub.billing.notice.NoticeStand.PEOPLE;
import static io.apihub.billing.notice.NoticeStand.RECEIVER;
import static io.apihub.billing.notice.NoticeStand.admin;
import static io.apihub.billing.notice.NoticeStand.await;
import static io.apihub.billing.notice.NoticeStand.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.access.Role;
import io.apihub.billing.testing.Poll;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Webhooks over HTTP, with receivers that take what is sent, refuse it, and are gone. */
class WebhooksIT {

    private final NoticeStand stand = new NoticeStand();

    @Test
    void whatWasNotTakenIsSentAgainAndTheLogSaysSo() {
        var hook = stand.hook();
        RECEIVER.answer(hook.at(), 503);
        read(stand.browser.post(stand.path + "/webhooks/" + hook.id() + "/tests", Map.of()), 201);
        var first = stand.awaitDelivery(hook, "tries", "1");
        assertThat(first.get("state").asString()).isEqualTo("PENDING");
        assertThat(first.get("lastStatus").asInt()).isEqualTo(503);
        assertThat(Instant.parse(first.get("nextTryAt").asString()))
                .isAfter(Instant.parse(first.get("createdAt").asString()).plusSeconds(7));

        RECEIVER.answer(hook.at(), 204);
        stand.due("");

        var taken = stand.awaitDelivery(hook, "state", "DELIVERED");
        var one = "/webhooks/" + hook.id() + "/deliveries/" + taken.get("id").asString();
        var detail = read(stand.browser.get(stand.path + one), 200);
        assertThat(detail.get("attempts").findValuesAsString("status"))
                .startsWith("503")
                .endsWith("204");
        assertThat(detail.get("body").asString()).isEqualTo(RECEIVER.at(hook.at()).get(0).body());

        int before = RECEIVER.at(hook.at()).size();
        read(stand.browser.post(stand.path + one + "/redeliveries", Map.of()), 201);
        var again = await(hook, before + 1);
        assertThat(again.id()).isEqualTo(taken.get("message").asString());
        assertThat(again.delivery()).isNotEqualTo(taken.get("id").asString());
    }

    @ParameterizedTest
    @CsvSource({"500, 72 hours", "410, 410 Gone"})
    void whoNeverTakesAnythingIsStoppedAndTold(int status, String reason) {
        var hook = stand.hook();
        RECEIVER.answer(hook.at(), status);
        stand.credited(UUID.randomUUID());
        await(hook, 1);
        if (status == 500) {
            stand.awaitDelivery(hook, "tries", "1");
            stand.due(", created_at = now() - interval '73 hours'");
        }

        assertThat(stand.awaitDelivery(hook, "state", "GIVEN_UP").get("lastStatus").asInt())
                .isEqualTo(status);

        var stopped = read(stand.browser.get(stand.path + "/webhooks/" + hook.id()), 200);
        assertThat(stopped.get("disabledReason").asString()).contains(reason);
        Poll.until(PATIENCE, () -> stand.notices().size() == 2);
        assertThat(stand.notices().get(0).get("kind").asString()).isEqualTo("webhook-disabled");
        assertThat(stand.awaitMail(reason)).contains(RECEIVER.url(hook.at()));
        var test = stand.browser.post(stand.path + "/webhooks/" + hook.id() + "/tests", Map.of());
        assertThat(read(test, 409).get("type").asString()).endsWith("webhook-disabled");

        RECEIVER.answer(hook.at(), 200);
        read(
                stand.browser.patch(
                        stand.path + "/webhooks/" + hook.id(), Map.of("disabled", false)),
                200);
        read(stand.browser.post(stand.path + "/webhooks/" + hook.id() + "/tests", Map.of()), 201);
        stand.awaitDelivery(hook, "state", "DELIVERED");
    }

    @Test
    void whatAProcessLeftBehindAnotherOneBrings() {
        var hook = stand.hook();
        admin().update(
                        "UPDATE billing.webhook SET busy_until = now() + interval '1 hour'"
                                + " WHERE webhook_id = ?::uuid",
                        hook.id());
        stand.credited(UUID.randomUUID());
        Poll.until(PATIENCE, () -> stand.deliveries(hook).size() == 1);
        assertThat(stand.deliveries(hook).get(0).get("tries").asInt()).isZero();

        admin().update(
                        "UPDATE billing.webhook SET busy_until = now() WHERE webhook_id = ?::uuid",
                        hook.id());

        await(hook, 1);
    }

    @Test
    void aSecretIsShownOnceAndKeptSealed() {
        var body = Map.of("url", RECEIVER.url("/x"), "description", "ours");
        var headers = new String[] {"Idempotency-Key", "k"};
        var csrf = stand.browser.csrfToken();

        var first =
                read(
                        stand.browser.send("POST", stand.path + "/webhooks", body, csrf, headers),
                        201);
        var again =
                read(
                        stand.browser.send("POST", stand.path + "/webhooks", body, csrf, headers),
                        201);

        assertThat(again.has("secret")).isFalse();
        assertThat(again.get("details")).isEqualTo(first.get("details"));
        assertThat(read(stand.browser.get(stand.path + "/webhooks"), 200).get("items")).hasSize(1);
        var secret = first.get("secret").asString();
        assertThat(
                        admin().queryForList(
                                        "SELECT position(convert_to('whsec', 'UTF8') IN secret) > 0"
                                                + " OR EXISTS (SELECT FROM billing.idempotent_answer"
                                                + " WHERE body LIKE '%' || ? || '%')"
                                                + " FROM billing.webhook WHERE tenant_id = ?",
                                        Boolean.class, secret, stand.tenant))
                .containsExactly(false);
    }

    /** Receivers that know either secret find a signature of theirs, until the time is up. */
    @Test
    void aReplacedSecretSignsForATimeToo() {
        var hook = stand.hook();
        var one = stand.path + "/webhooks/" + hook.id();
        var replaced = read(stand.browser.post(one + "/secrets", Map.of("overlapHours", 1)), 201);
        var secret = new WebhookSecret(replaced.get("secret").asString());
        assertThat(secret).isNotEqualTo(hook.secret());
        assertThat(Instant.parse(replaced.at("/details/oldSecretUntil").asString()))
                .isAfter(Instant.now().plusSeconds(1800));

        read(stand.browser.post(one + "/tests", Map.of()), 201);
        assertSigned(await(hook, 1), List.of(secret, hook.secret()));
        admin().update(
                        "UPDATE billing.webhook SET old_secret_until = now()"
                                + " WHERE webhook_id = ?::uuid",
                        hook.id());
        read(stand.browser.post(one + "/tests", Map.of()), 201);
        assertSigned(await(hook, 2), List.of(secret));

        var tooLong = stand.browser.post(one + "/secrets", Map.of("overlapHours", 169));
        assertThat(read(tooLong, 400).get("field").asString()).isEqualTo("overlapHours");
    }

    private static void assertSigned(Receiver.Heard heard, List<WebhookSecret> secrets) {
        var text = heard.signature();
        var at = Instant.ofEpochSecond(Long.parseLong(text.substring(2, text.indexOf(','))));
        assertThat(text).isEqualTo(WebhookSecret.sign(secrets, at, heard.body()));
    }

    @Test
    void webhooksAreChangedAsTheyWereSeenAndBounded() {
        var hook = stand.hook();
        var one = stand.path + "/webhooks/" + hook.id();
        var seen = stand.browser.get(one).headers().firstValue("ETag").orElseThrow();
        var csrf = stand.browser.csrfToken();
        var change = Map.of("description", "other", "disabled", true);

        var changed = stand.browser.send("PATCH", one, change, csrf, "If-Match", seen);
        var late = stand.browser.send("DELETE", one, null, csrf, "If-Match", seen);

        assertThat(read(changed, 200).get("disabledReason").asString()).startsWith("by ");
        assertThat(late.statusCode()).isEqualTo(412);
        assertThat(stand.browser.delete(one).statusCode()).isEqualTo(204);
        assertThat(stand.browser.delete(one).statusCode()).isEqualTo(204);
        assertThat(stand.browser.get(one).statusCode()).isEqualTo(404);
        for (int i = 0; i < 10; i++) {
            stand.hook();
        }
        var eleventh =
                stand.browser.post(stand.path + "/webhooks", Map.of("url", RECEIVER.url("/")));
        assertThat(read(eleventh, 409).get("type").asString()).endsWith("limit-reached");
    }

    @ParameterizedTest
    @CsvSource({
        "/webhooks, url, https://169.254.169.254/",
        "/webhooks, url, https://u:p@example.com/",
        "/notice-settings, lowBalance, -1",
        "/notice-settings, lowBalance, 0",
        "/notice-settings, lowBalance, １０",
        "/notice-settings, lowBalance, 1e3",
    })
    void whatCannotBeMeantIsRefused(String where, String field, String value) {
        var body = Map.of(field, value);

        var answer =
                where.equals("/webhooks")
                        ? stand.browser.post(stand.path + where, body)
                        : stand.browser.put(stand.path + where, body);

        assertThat(read(answer, 400).get("field").asString()).isEqualTo(field);
    }

    @Test
    void onlyOwnersSeeWebhooksAndOnlyTheirOwn() {
        var hook = stand.hook();
        var viewer = PEOPLE.user();
        PEOPLE.member(viewer, stand.tenant, Role.VIEWER);
        var other = "o-" + UUID.randomUUID();
        PEOPLE.member(stand.owner, DATABASE.registry().tenant(other), Role.OWNER);

        var seen = PEOPLE.browser(viewer);

        assertThat(seen.get(stand.path + "/webhooks").statusCode()).isEqualTo(403);
        assertThat(seen.get(stand.path + "/notices").statusCode()).isEqualTo(200);
        assertThat(
                        stand.browser
                                .get("/api/v1/tenants/" + other + "/webhooks/" + hook.id())
                                .statusCode())
                .isEqualTo(404);
        assertThat(
                        stand.browser
                                .post(
                                        "/api/v1/tenants/"
                                                + other
                                                + "/webhooks/"
                                                + hook.id()
                                                + "/tests",
                                        Map.of())
                                .statusCode())
                .isEqualTo(404);
    }
}
