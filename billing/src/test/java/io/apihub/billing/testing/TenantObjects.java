package io.apihub.billing.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.access.Role;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.user.User;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A tenant's owner, and one of each object that paths name by id. */
public final class TenantObjects {

    private final TestDatabase database;
    private final String name;
    private final UUID tenant;
    private final User owner;
    private final Browser owners;
    private final Map<String, String> ids = new LinkedHashMap<>();

    public TenantObjects(RunningBilling billing, TestDatabase database, String name, UUID tenant) {
        this.database = database;
        this.name = name;
        this.tenant = tenant;
        var people = new People(billing);
        this.owner = people.user();
        people.member(owner, tenant, Role.OWNER);
        this.owners = people.browser(owner);
        make(people.browser(people.user(user -> user.makeAdministrator(true))));
    }

    private void make(Browser administrators) {
        var own = "/api/v1/tenants/" + name;
        ids.put("members/{user}", owner.id().toString());
        ids.put("users/{id}", owner.id().toString());
        var client = Map.of("name", "ci", "role", "VIEWER", "scopes", List.of("read"));
        ids.put(
                "clients/{id}",
                made(owners, own + "/clients", client).at("/details/id").asString());
        var role = Map.of("role", "VIEWER");
        ids.put(
                "invitations/{id}",
                made(owners, own + "/invitations", role).at("/details/id").asString());
        var url = Map.of("url", "https://hook.invalid/x");
        var hook = made(owners, own + "/webhooks", url).at("/details/id").asString();
        ids.put("webhooks/{id}", hook);
        var test = made(owners, own + "/webhooks/" + hook + "/tests", Map.of());
        ids.put("deliveries/{delivery}", test.get("id").asString());
        ids.put("debits/{id}", debit(administrators, own));
        ids.put("orders/{order}", order());
        var token =
                Map.of(
                        "name", "laptop",
                        "scopes", List.of("read"),
                        "expiresAt", Instant.now().plus(Duration.ofDays(2)).toString());
        ids.put(
                "tokens/{id}",
                made(owners, "/api/v1/me/tokens", token).at("/details/id").asString());
        var sessions = RunningBilling.json(owners.get("/api/v1/me/sessions")).get("items");
        ids.put("sessions/{session}", sessions.get(0).get("id").asString());
    }

    private static JsonNode made(Browser browser, String path, Object body) {
        var answer =
                browser.send(
                        "POST",
                        path,
                        body,
                        browser.csrfToken(),
                        "Idempotency-Key",
                        UUID.randomUUID().toString());
        assertThat(answer.statusCode()).as(path + answer.body()).isBetween(200, 299);
        return RunningBilling.json(answer);
    }

    /** One that waits: what is leased to gateways can't be taken at once. */
    private String debit(Browser administrators, String own) {
        var amount = Map.of("amount", "2", "reason", "a test");
        made(administrators, own + "/grants", amount);
        database.admin()
                .update(
                        "UPDATE billing.account SET leased_micros = 2000000 WHERE tenant_id = ?",
                        tenant);
        return made(administrators, own + "/debits", amount).get("id").asString();
    }

    private String order() {
        var order = UUID.randomUUID();
        database.admin()
                .update(
                        "INSERT INTO billing.payment_order (order_id, tenant_id, actor, provider,"
                                + " type, credit_micros, bonus_micros, pay_amount, pay_currency,"
                                + " rate, fee_percent, state, expires_at) VALUES (?, ?, 'user/x', 'epay',"
                                + " 'alipay', 1, 0, 1, 'CNY', 1, 0, 'EXPIRED', now())",
                        order,
                        tenant);
        return order.toString();
    }

    /** The id of the object that a path names so; null: paths name nothing of a tenant so. */
    public @Nullable String id(String kind) {
        return ids.get(kind);
    }

    public String name() {
        return name;
    }

    public User owner() {
        return owner;
    }

    /** What the owner sees of an object. */
    public String seen(String path) {
        var answer = owners.get(path);
        assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(200);
        return answer.body();
    }
}
