package io.apihub.billing.insight;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.Browser;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.Records;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.TenantObjects;
import io.apihub.billing.testing.UsageFeed;
import io.apihub.billing.user.User;
import io.apihub.usage.v1.UsageRecord;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A tenant, and an administrator, with so many of everything that is listed. */
final class Crowd {

    private static final String NAME = "crowd";

    private final RunningBilling billing;
    private final TestDatabase database;
    private final int rows;
    private final UUID tenant;
    private final Browser administrator;
    private final TenantObjects objects;
    private final Map<String, String> ids = new HashMap<>();

    Crowd(RunningBilling billing, TestDatabase database, int rows) {
        this.billing = billing;
        this.database = database;
        this.rows = rows;
        this.tenant = database.registry().tenant(NAME);
        var people = new People(billing);
        var user = people.user(one -> one.makeAdministrator(true));
        this.administrator = people.browser(user);
        this.objects = new TenantObjects(billing, database, NAME, tenant);
        for (int i = 1; i < rows; i++) {
            new TenantObjects(billing, database, NAME, tenant);
            people.browser(user);
        }
        usage();
        platform();
        plans();
        own(user);
    }

    private void usage() {
        long book = database.registry().priceBook(1_000_000, 2_000_000, "2025-01-01T00:00:00Z");
        var records = new ArrayList<UsageRecord>();
        for (int i = 0; i < rows; i++) {
            var key = database.registry().key(tenant, "c-" + i, "%010d".formatted(1_000 + i));
            var of = new Records(tenant, UUID.randomUUID(), book).key(key).model("crowd-" + i);
            var at = Instant.now().minusSeconds(60L * i);
            records.add(Records.measured(of.holdAt(at, 0).setUnmetered(true).build(), 10, 5));
        }
        UsageFeed.report(billing, records);
    }

    private void platform() {
        for (int i = 0; i < rows; i++) {
            database.registry().model("crowd-" + i);
            made(
                    "/api/v1/announcements",
                    Map.of("severity", "INFO", "title", "News " + i, "text", "Well."));
            made("/api/v1/code-batches", Map.of("note", "n" + i, "value", "1"));
        }
    }

    private void plans() {
        for (int i = 0; i < rows; i++) {
            var plan =
                    Map.of(
                            "name",
                            "crowd-" + i,
                            "displayName",
                            "P",
                            "price",
                            "0",
                            "period",
                            "MONTH");
            made("/api/v1/plans", plan);
            var buyer = i == 0 ? NAME : NAME + "-" + i;
            if (i > 0) {
                database.registry().tenant(buyer);
            }
            made("/api/v1/tenants/" + buyer + "/subscription", Map.of("plan", "crowd-" + i));
        }
        database.admin()
                .update(
                        "INSERT INTO billing.subscription_event (subscription_id, tenant_id, kind,"
                                + " version_id, price_micros, included_micros, period_starts_at,"
                                + " period_ends_at, actor, reason, happened_at) SELECT"
                                + " subscription_id, tenant_id, kind, version_id, price_micros,"
                                + " included_micros, period_starts_at, period_ends_at, actor,"
                                + " reason, happened_at FROM billing.subscription_event,"
                                + " generate_series(1, ?) WHERE tenant_id = ?",
                        rows,
                        tenant);
        database.admin()
                .update(
                        "INSERT INTO billing.plan_order (order_id, tenant_id, action, version_id,"
                                + " auto_renew, actor, created_at, period, most_micros)"
                                + " SELECT order_id, o.tenant_id, 'BUY', version_id, true, 'user/x',"
                                + " o.created_at, 1, 0 FROM billing.payment_order o,"
                                + " billing.subscription s WHERE o.tenant_id = ?"
                                + " AND s.tenant_id = o.tenant_id",
                        tenant);
    }

    private void own(User user) {
        var wanted =
                Map.of(
                        "name", "laptop",
                        "scopes", List.of("read"),
                        "expiresAt", Instant.now().plus(Duration.ofDays(2)).toString());
        var hook = "/api/v1/tenants/" + NAME + "/webhooks/" + objects.id("webhooks/{id}");
        for (int i = 0; i < rows; i++) {
            made("/api/v1/me/tokens", wanted);
            made(hook + "/tests", Map.of());
        }
        ids.put("/users/{id}", "/users/" + user.id());
        ids.put("/plans/{plan}", "/plans/crowd-0");
        for (var kind :
                List.of(
                        "clients/{id}",
                        "invitations/{id}",
                        "webhooks/{id}",
                        "deliveries/{delivery}",
                        "debits/{id}",
                        "orders/{order}",
                        "members/{user}")) {
            ids.put("/" + kind, "/" + kind.substring(0, kind.indexOf('/') + 1) + objects.id(kind));
        }
    }

    private void made(String path, Object body) {
        var answer =
                administrator.send(
                        "POST",
                        path,
                        body,
                        administrator.csrfToken(),
                        "Idempotency-Key",
                        UUID.randomUUID().toString());
        assertThat(answer.statusCode()).as(path + answer.body()).isBetween(200, 299);
    }

    /** A path with the ids of what is there. */
    String path(String template) {
        var path = template.replace("{tenant}", NAME);
        for (var id : ids.entrySet()) {
            path = path.replace(id.getKey(), id.getValue());
        }
        return path;
    }

    HttpResponse<String> get(String path) {
        return administrator.get(path);
    }
}
