package io.apihub.billing.audit;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.access.Role;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.Browser;
import io.apihub.billing.testing.CountedStatements;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.user.User;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Every operation that changes something writes a line into the audit log. A new one fails here
 * until it is done below, is named with the test that looks, or is said to change nothing.
 */
class AuditedIT {

    /** Of any change, however much there is: reading, checking, writing, and the line. */
    private static final int MOST_STATEMENTS = 30;

    private static TestDatabase database;
    private static RunningBilling billing;
    private static People people;

    /** They only read, or their answer is all that comes of them; a mail is no change. */
    private static final Set<String> NO_CHANGE =
            Set.of(
                    "POST /api/v1/quotas/preview",
                    "POST /api/v1/tenants/{tenant}/quotas/preview",
                    "POST /api/v1/token",
                    "POST /api/v1/email-verification",
                    "POST /api/v1/password-reset");

    /**
     * What takes more than a user and a tenant: the class that looks for the line, and the line.
     */
    private static final Map<String, String> ELSEWHERE =
            Map.ofEntries(
                    entry("POST /api/v1/email-verification/confirmation", proven("email-verified")),
                    entry("POST /api/v1/password-reset/confirmation", proven("password-reset")),
                    entry("POST /api/v1/registration", "registration/InvitedIT user.registered"),
                    entry(
                            "PUT /api/v1/me/registration",
                            "registration/RegistrationIT registration.renamed"),
                    entry("POST /api/v1/session/second-factor", factor("session.opened")),
                    entry(
                            "POST /api/v1/me/second-factor/confirmation",
                            factor("user.second-factor-made")),
                    entry(
                            "POST /api/v1/me/second-factor/recovery-codes",
                            factor("user.recovery-codes-made")),
                    entry(
                            "POST /api/v1/me/second-factor/removal",
                            factor("user.second-factor-removed")),
                    entry("POST /api/v1/tenants/{tenant}/orders", "payment/OrdersIT order.created"),
                    entry(
                            "POST /api/v1/tenants/{tenant}/orders/{order}/code",
                            "payment/OrdersIT order.code-asked"),
                    entry("POST /api/v1/orders/{order}/credit", "payment/PaymentIT order.credited"),
                    entry("POST /api/v1/orders/{order}/refunds", "payment/RefundIT order.refunded"),
                    entry(
                            "POST /api/v1/orders/{order}/refunds/{refund}/end",
                            "payment/StuckRefundIT order.refund-ended"),
                    entry(
                            "POST /api/v1/suspense/{id}/credit",
                            "payment/SuspenseIT suspense.credited"),
                    entry(
                            "POST /api/v1/suspense/{id}/return",
                            "payment/SuspenseIT suspense.returned"),
                    entry("PATCH /api/v1/tenants/{tenant}/subscription", plan("cancelled")),
                    entry("POST /api/v1/tenants/{tenant}/subscription", plan("bought")),
                    entry("POST /api/v1/tenants/{tenant}/subscription/changes", plan("upgraded")),
                    entry("POST /api/v1/tenants/{tenant}/subscription/end", plan("ended")),
                    entry("POST /api/v1/tenants/{tenant}/subscription/orders", plan("bought")),
                    entry(
                            "POST /api/v1/tenants/{tenant}/subscription/renewals",
                            plan("paid-ahead")),
                    entry("POST " + k8s("apikeys"), "kube/MemberRolesIT key.created"),
                    entry("PATCH " + k8s("apikeys/{name}"), "kube/MemberRolesIT key.changed"),
                    entry("DELETE " + k8s("apikeys/{name}"), "kube/MemberRolesIT key.deleted"),
                    entry("POST " + k8s("quotas"), "kube/MemberRolesIT quota.created"),
                    entry("PATCH " + k8s("quotas/{name}"), "kube/MemberRolesIT quota.changed"),
                    entry("DELETE " + k8s("quotas/{name}"), "kube/MemberRolesIT quota.deleted"));

    private final String name = "t-" + UUID.randomUUID();
    private final String tenant = "/api/v1/tenants/" + name;
    private final UUID tenantId;
    private final User owner;
    private final Browser admins;
    private final Map<String, String> done = new LinkedHashMap<>();

    AuditedIT() {
        tenantId = database.registry().tenant(name);
        owner = people.user();
        admins = people.browser(people.user(user -> user.makeAdministrator(true)));
    }

    private static String proven(String action) {
        return "registration/ProvenIT user." + action;
    }

    private static String factor(String action) {
        return "identity/SecondFactorIT " + action;
    }

    private static String plan(String action) {
        return "plan/PlanIT subscription." + action;
    }

    private static String k8s(String rest) {
        return "/k8s/apis/apihub.io/v1alpha1/namespaces/{namespace}/" + rest;
    }

    @BeforeAll
    static void start() {
        System.setProperty(CountedStatements.PROPERTY, "true");
        database = TestDatabase.create();
        billing = RunningBilling.on(database);
        people = new People(billing);
    }

    @AfterAll
    static void stop() {
        billing.close();
        System.clearProperty(CountedStatements.PROPERTY);
    }

    @Test
    void everyOperationThatChangesSomethingIsInTheLog() throws IOException {
        people.member(owner, tenantId, Role.OWNER);
        var owners = people.browser(owner);
        people(owners);
        lettingIn(owners);
        hooks(owners);
        money(owners);
        oneself(owners);
        administering();

        var known = new TreeSet<>(done.keySet());
        known.addAll(ELSEWHERE.keySet());
        known.addAll(NO_CHANGE);
        assertThat(operations()).isNotEmpty().isEqualTo(known);
        for (var test : new TreeSet<>(ELSEWHERE.values())) {
            var words = test.split(" ", -1);
            var source = Path.of("src/test/java/io/apihub/billing", words[0] + ".java");
            assertThat(Files.readString(source)).as(test).contains(words[1]);
        }
    }

    private void people(Browser owners) {
        var guest = people.user();
        var members = tenant + "/members";
        var wanted = Map.of("email", guest.email(), "role", "VIEWER");
        change(admins, "POST", members, tenant("/members"), wanted, "member.added");
        var one = members + "/" + guest.id();
        var template = tenant("/members/{user}");
        change(owners, "PATCH", one, template, Map.of("role", "OWNER"), "member.role-changed");
        change(owners, "DELETE", one, template, null, "member.removed");
        var settings = Map.of("mail", List.of(), "webhook", List.of());
        change(
                owners,
                "PUT",
                tenant + "/notice-settings",
                tenant("/notice-settings"),
                settings,
                "notice-settings.changed");
    }

    private void lettingIn(Browser owners) {
        var invitations = tenant + "/invitations";
        var template = tenant("/invitations");
        var role = Map.of("role", "VIEWER");
        var token = change(owners, "POST", invitations, template, role, "invitation.created");
        var guest = people.browser(people.user());
        var accept = "/api/v1/invitations/accept";
        var joining = Map.of("token", token.get("token").asString());
        change(guest, "POST", accept, accept, joining, "member.joined");
        var other = change(owners, "POST", invitations, template, role, "invitation.created");
        var one = invitations + "/" + other.at("/details/id").asString();
        change(owners, "DELETE", one, template + "/{id}", null, "invitation.revoked");

        var wanted = Map.of("name", "ci", "role", "VIEWER", "scopes", List.of("read"));
        var clients = tenant + "/clients";
        var client = change(owners, "POST", clients, tenant("/clients"), wanted, "client.created");
        var made = clients + "/" + client.at("/details/id").asString();
        change(owners, "DELETE", made, tenant("/clients/{id}"), null, "client.revoked");
    }

    private void hooks(Browser owners) {
        var hooks = tenant + "/webhooks";
        var template = tenant("/webhooks");
        var url = Map.of("url", "https://hook.invalid/x");
        var hook = change(owners, "POST", hooks, template, url, "webhook.created");
        var one = hooks + "/" + hook.at("/details/id").asString();
        var text = Map.of("description", "ours");
        change(owners, "PATCH", one, template + "/{id}", text, "webhook.changed");
        change(
                owners,
                "POST",
                one + "/secrets",
                template + "/{id}/secrets",
                Map.of(),
                "webhook.secret-replaced");
        var test =
                change(
                        owners,
                        "POST",
                        one + "/tests",
                        template + "/{id}/tests",
                        Map.of(),
                        "webhook.tested");
        change(
                owners,
                "POST",
                one + "/deliveries/" + test.get("id").asString() + "/redeliveries",
                template + "/{id}/deliveries/{delivery}/redeliveries",
                Map.of(),
                "webhook.sent-again");
        change(owners, "DELETE", one, template + "/{id}", null, "webhook.deleted");
    }

    private void money(Browser owners) {
        var amount = Map.of("amount", "2", "reason", "a test");
        change(admins, "POST", tenant + "/grants", tenant("/grants"), amount, "grant.made");
        // As gateways do: what is leased can't be taken at once.
        database.admin()
                .update(
                        "UPDATE billing.account SET leased_micros = 2000000 WHERE tenant_id = ?",
                        tenantId);
        var debits = tenant + "/debits";
        var debit = change(admins, "POST", debits, tenant("/debits"), amount, "debit.made");
        var one = debits + "/" + debit.get("id").asString();
        change(admins, "DELETE", one, tenant("/debits/{id}"), null, "debit.cancelled");

        var batches = "/api/v1/code-batches";
        var value = Map.of("note", "spring", "value", "1");
        var batch = change(admins, "POST", batches, batches, value, "code.batch-created");
        var code = Map.of("code", batch.get("codes").get(0).asString());
        var redemptions = tenant("/redemptions");
        change(owners, "POST", tenant + "/redemptions", redemptions, code, "code.redeemed");
        var made = batches + "/" + batch.at("/details/id").asString();
        change(admins, "DELETE", made, batches + "/{id}", null, "code.batch-revoked");

        var plans = "/api/v1/plans";
        var plan = "p-" + UUID.randomUUID().toString().substring(0, 8);
        var terms = Map.of("displayName", "P", "price", "3", "period", "MONTH");
        var named = new LinkedHashMap<String, Object>(terms);
        named.put("name", plan);
        change(admins, "POST", plans, plans, named, "plan.created");
        var dearer = new LinkedHashMap<String, Object>(terms);
        dearer.put("price", "4");
        change(admins, "PUT", plans + "/" + plan, plans + "/{plan}", dearer, "plan.changed");
        change(admins, "DELETE", plans + "/" + plan, plans + "/{plan}", null, "plan.retired");
    }

    private void oneself(Browser owners) {
        var me = "/api/v1/me";
        change(owners, "PATCH", me, me, Map.of("displayName", "Other"), "user.renamed");
        var proof = Map.of("password", People.PASSWORD);
        var factor = me + "/second-factor";
        change(owners, "POST", factor, factor, proof, "user.second-factor-begun");
        var tokens = me + "/tokens";
        var wanted =
                Map.of(
                        "name", "laptop",
                        "scopes", List.of("read"),
                        "expiresAt", Instant.now().plus(Duration.ofDays(2)).toString());
        var token = change(owners, "POST", tokens, tokens, wanted, "token.created");
        var made = tokens + "/" + token.at("/details/id").asString();
        change(owners, "DELETE", made, tokens + "/{id}", null, "token.revoked");

        var session = "/api/v1/session";
        var login = Map.of("email", owner.email(), "password", People.PASSWORD);
        var second = new Browser(billing);
        change(second, "POST", session, session, login, "session.opened");
        change(second.reload(), "DELETE", session, session, null, "session.closed");
        people.browser(owner);
        var sessions = me + "/sessions";
        var listed = RunningBilling.json(owners.get(sessions)).get("items");
        var another =
                listed.valueStream()
                        .filter(one -> !one.get("current").asBoolean())
                        .findFirst()
                        .orElseThrow();
        var other = sessions + "/" + another.get("id").asString();
        change(owners, "DELETE", other, sessions + "/{session}", null, "session.closed");
        var password = Map.of("current", People.PASSWORD, "password", "another horse battery");
        var mine = me + "/password";
        change(owners, "PUT", mine, mine, password, "user.password-changed");
        change(owners.reload(), "DELETE", sessions, sessions, null, "session.all-closed");
    }

    private void administering() {
        var somebody = people.user();
        database.admin()
                .update(
                        "INSERT INTO billing.second_factor (user_id, secret, created_at)"
                                + " VALUES (?, 'x', now())",
                        somebody.id());
        var users = "/api/v1/users";
        var one = users + "/" + somebody.id();
        change(
                admins,
                "DELETE",
                one + "/second-factor",
                users + "/{id}/second-factor",
                null,
                "user.second-factor-removed");
        var off = Map.of("disabled", true);
        change(admins, "PATCH", one, users + "/{id}", off, "user.disabled");

        var all = "/api/v1/announcements";
        var news = Map.of("severity", "INFO", "title", "News", "text", "All is well.");
        var told = change(admins, "POST", all, all, news, "announcement.created");
        var it = all + "/" + told.get("id").asString();
        var worse = Map.of("severity", "WARNING", "title", "News", "text", "Not so well.");
        change(admins, "PUT", it, all + "/{id}", worse, "announcement.changed");
        change(admins, "DELETE", it, all + "/{id}", null, "announcement.removed");
    }

    private static String tenant(String rest) {
        return "/api/v1/tenants/{tenant}" + rest;
    }

    /** Changes something, and expects the line. */
    private JsonNode change(
            Browser browser,
            String method,
            String path,
            String template,
            @Nullable Object body,
            String action) {
        var key = new String[] {"Idempotency-Key", UUID.randomUUID().toString()};
        long before = last();
        CountedStatements.taken();
        HttpResponse<String> answer = browser.send(method, path, body, browser.csrfToken(), key);
        assertThat(answer.statusCode())
                .as("%s %s: %s", method, path, answer.body())
                .isBetween(200, 299);
        assertThat(CountedStatements.taken())
                .as("statements of %s %s", method, path)
                .isBetween(1, MOST_STATEMENTS);
        assertThat(
                        database.admin()
                                .queryForList(
                                        "SELECT action FROM billing.audit WHERE audit_id > ?",
                                        String.class,
                                        before))
                .as("%s %s", method, path)
                .contains(action);
        done.put(method + " " + template, action);
        return answer.body().isEmpty()
                ? JsonNodeFactory.instance.objectNode()
                : RunningBilling.json(answer);
    }

    private static long last() {
        var last =
                database.admin()
                        .queryForObject(
                                "SELECT coalesce(max(audit_id), 0) FROM billing.audit", Long.class);
        return last == null ? 0 : last;
    }

    private static Set<String> operations() {
        var operations = new TreeSet<String>();
        var paths = RunningBilling.json(billing.send(billing.request("/api/openapi"))).get("paths");
        for (var path : paths.propertyNames()) {
            for (var method : paths.get(path).propertyNames()) {
                if (!method.equals("get")) {
                    operations.add(method.toUpperCase(Locale.ROOT) + " " + path);
                }
            }
        }
        return operations;
    }
}
