package io.apihub.billing.notice;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.access.Role;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.payment.OrdersCredited;
import io.apihub.billing.settings.Network;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.settings.Webhooks;
import io.apihub.billing.testing.Browser;
import io.apihub.billing.testing.Mailbox;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.Poll;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.TestSettings;
import io.apihub.billing.user.User;
import io.apihub.model.money.Credits;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/**
 * A tenant with an owner, at two billings that share the work; both, and who takes mail and
 * webhooks, are shared by all tests and end with the JVM.
 */
final class NoticeStand {

    static final Duration PATIENCE = Duration.ofMinutes(1);
    static final TestDatabase DATABASE = TestDatabase.create();
    static final Mailbox MAILBOX = new Mailbox();
    static final Receiver RECEIVER = new Receiver();
    static final People PEOPLE;
    static final RunningBilling BILLING;
    static final RunningBilling OTHER;

    static {
        var settings = settings();
        BILLING = RunningBilling.with(settings, more -> {});
        OTHER = RunningBilling.with(settings, more -> {});
        PEOPLE = new People(BILLING);
    }

    final String name = "t-" + UUID.randomUUID();
    final UUID tenant = DATABASE.registry().tenant(name);
    final String path = "/api/v1/tenants/" + name;
    final User owner = PEOPLE.user(user -> user.verifyEmail(Instant.now()));
    final Browser browser;

    NoticeStand() {
        PEOPLE.member(owner, tenant, Role.OWNER);
        browser = PEOPLE.browser(owner);
    }

    private static Settings settings() {
        return TestSettings.with(TestSettings.of(DATABASE), MAILBOX.settings())
                .with(new Webhooks(List.of(Network.parse("127.0.0.0/8"))));
    }

    static JdbcTemplate admin() {
        return DATABASE.admin();
    }

    static JsonNode read(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return RunningBilling.json(answer);
    }

    /** A webhook at a path of its own, with its secret. */
    record Hook(String id, String at, WebhookSecret secret) {}

    Hook hook() {
        var at = "/" + UUID.randomUUID();
        var made = read(browser.post(path + "/webhooks", Map.of("url", RECEIVER.url(at))), 201);
        return new Hook(
                made.at("/details/id").asString(),
                at,
                new WebhookSecret(made.get("secret").asString()));
    }

    /** Waits until so much has come, and returns the last of it. */
    static Receiver.Heard await(Hook hook, int count) {
        Poll.until(PATIENCE, () -> RECEIVER.at(hook.at()).size() >= count);
        return RECEIVER.at(hook.at()).getLast();
    }

    /** Waits for a mail to the owner that says something. */
    String awaitMail(String saying) {
        Poll.until(PATIENCE, () -> mails().stream().anyMatch(mail -> mail.contains(saying)));
        return mails().stream().filter(mail -> mail.contains(saying)).findFirst().orElseThrow();
    }

    List<String> mails() {
        return MAILBOX.of(owner.email()).stream().map(Mailbox::text).toList();
    }

    /** As the event of a payment says it; that payments say it is PaymentIT's matter. */
    void credited(UUID order) {
        var credited =
                new OrdersCredited(
                        List.of(
                                new OrdersCredited.Order(
                                        order, tenant, Credits.parse("10.5"), Credits.parse("1"))));
        BILLING.get(TransactionTemplate.class)
                .executeWithoutResult(
                        status -> BILLING.get(PaymentNotices.class).credited(credited));
    }

    JsonNode notices() {
        return read(browser.get(path + "/notices"), 200).get("items");
    }

    JsonNode deliveries(Hook hook) {
        return read(browser.get(path + "/webhooks/" + hook.id() + "/deliveries"), 200).get("items");
    }

    JsonNode awaitDelivery(Hook hook, String field, String value) {
        Poll.until(PATIENCE, () -> deliveries(hook).path(0).path(field).asString("").equals(value));
        return deliveries(hook).get(0);
    }

    /** Lets what waits for its time be due. */
    void due(String more) {
        admin().update(
                        "UPDATE billing.webhook_delivery d SET next_try_at = now()"
                                + more
                                + " FROM billing.webhook w WHERE w.webhook_id = d.webhook_id"
                                + " AND w.tenant_id = ?",
                        tenant);
    }
}
