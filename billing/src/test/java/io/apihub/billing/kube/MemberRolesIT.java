package io.apihub.billing.kube;

import static io.apihub.billing.kube.MemberClient.json;
import static io.apihub.billing.kube.MemberClient.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.access.Role;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.Records;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.UsageFeed;
import io.apihub.billing.token.TokenHands;
import io.apihub.billing.user.User;
import io.apihub.usage.v1.UsageRecord;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What members do through /k8s with their personal tokens, each by their role. */
class MemberRolesIT {

    private static final String API = "/k8s/apis/apihub.io/v1alpha1";
    private static final String KEYS = API + "/namespaces/acme/apikeys";
    private static final String QUOTAS = API + "/namespaces/acme/quotas";
    private static final String OWN = API + "/tenants/acme";
    private static final String DISABLE = "{\"spec\": {\"disabled\": true}}";

    private static TestDatabase database;
    private static Cluster cluster;
    private static RunningBilling billing;
    private static UUID acme;
    private static UUID other;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        database = TestDatabase.create();
        cluster = Cluster.start();
        acme = database.registry().tenant("acme");
        other = database.registry().tenant("other");
        cluster.tenantNamespace("acme");
        cluster.applyAs("platform", Cluster.tenant("acme"));
        billing = RunningBilling.with(cluster.settings(database, 100));
        billing.awaitReady();
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    private static User member(UUID tenant, Role role) {
        var people = new People(billing);
        var user = people.user();
        people.member(user, tenant, role);
        return user;
    }

    private static MemberClient client(User user, String... scopes) {
        return new MemberClient(billing, new TokenHands(billing).personal(user.id(), scopes));
    }

    private static String key(String name) {
        return """
        {"metadata": {"name": "%s"}, "spec": {"keyId": "Ab3dEf9hK2", "keyHash": "sha256:%s"}}
        """
                .formatted(name, "ab".repeat(32));
    }

    @ParameterizedTest
    @EnumSource
    void everyMemberReads(Role role) {
        var client = client(member(acme, role), "read");

        for (var path : new String[] {KEYS, QUOTAS, OWN}) {
            json(client.send("GET", path, null), 200);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"DEVELOPER", "OWNER"})
    void developersAndOwnersWriteInTheirOwnName(Role role) {
        var user = member(acme, role);
        var client = client(user, "read", "write");
        var name = role.name().toLowerCase(Locale.ROOT);

        var made = json(client.send("POST", KEYS, key(name)), 201);
        assertThat(made.at("/metadata/annotations/apihub.io~1requested-by").asString())
                .isEqualTo(user.actor());
        var changed = json(client.send("PATCH", KEYS + "/" + name, DISABLE), 200);
        assertThat(changed.at("/spec/disabled").asBoolean()).isTrue();
        assertThat(client.send("DELETE", KEYS + "/" + name, null).statusCode()).isEqualTo(204);
        refused(client.send("GET", KEYS + "/" + name, null), 404, "not-found", null);
    }

    @Test
    void aViewerChangesNothing() {
        assertChangesNothing("viewed", client(member(acme, Role.VIEWER), "read", "write"));
    }

    @Test
    void aReadingTokenOfAnOwnerChangesNothing() {
        assertChangesNothing("scoped", client(member(acme, Role.OWNER), "read"));
    }

    private static void assertChangesNothing(String name, MemberClient client) {
        var administrator = new MemberClient(billing, billing.token());
        var before = json(administrator.send("POST", KEYS, key(name)), 201);

        assertThat(client.send("POST", KEYS, key(name + "2")).statusCode()).isEqualTo(403);
        assertThat(client.send("POST", QUOTAS, key(name)).statusCode()).isEqualTo(403);
        assertThat(client.send("PATCH", KEYS + "/" + name, DISABLE).statusCode()).isEqualTo(403);
        assertThat(client.send("DELETE", KEYS + "/" + name, null).statusCode()).isEqualTo(403);
        assertThat(json(client.send("GET", KEYS + "/" + name, null), 200)).isEqualTo(before);
        refused(client.send("GET", KEYS + "/" + name + "2", null), 404, "not-found", null);
    }

    /** Word for word what is said of a namespace or a tenant that does not exist. */
    @ParameterizedTest
    @ValueSource(strings = {KEYS, QUOTAS, OWN, KEYS + "?watch=true"})
    void whoIsNoMemberIsToldThatThereIsNothing(String path) {
        var stranger = client(member(other, Role.OWNER), "read", "write");

        var answer = stranger.send("GET", path, null);
        var nothing = stranger.send("GET", path.replace("acme", "nope"), null);

        refused(answer, 404, "not-found", null);
        assertThat(answer.body().replace("acme", "nope")).isEqualTo(nothing.body());
    }

    /** A name is looked for in the namespace of the path alone. */
    @ParameterizedTest
    @ValueSource(strings = {"GET", "PATCH", "DELETE"})
    void anotherTenantsKeyIsNotThere(String method) {
        cluster.tenantNamespace("other");
        cluster.applyAs("platform", Cluster.tenant("other"));
        var name = "theirs-" + method.toLowerCase(Locale.ROOT);
        var theirs = API + "/namespaces/other/apikeys";
        var before =
                json(
                        new MemberClient(billing, billing.token()).send("POST", theirs, key(name)),
                        201);
        var owner = client(member(acme, Role.OWNER), "read", "write");
        var body = method.equals("PATCH") ? DISABLE : null;

        refused(owner.send(method, KEYS + "/" + name, body), 404, "not-found", null);
        refused(owner.send(method, theirs + "/" + name, body), 404, "not-found", null);
        assertThat(
                        json(
                                client(member(other, Role.VIEWER), "read")
                                        .send("GET", theirs + "/" + name, null),
                                200))
                .isEqualTo(before);
    }

    /** The id of a deleted tenant says nothing of who has its name and namespace now. */
    @Test
    void whoWasAMemberOfADeletedTenantSeesNothingOfItsSuccessor() {
        var before = database.registry().tenant("heir");
        var old = client(member(before, Role.OWNER), "read", "write");
        database.registry().deleteTenant(before);
        var now = database.registry().tenant("heir");
        cluster.tenantNamespace("heir");
        cluster.applyAs("platform", Cluster.tenant("heir"));
        json(
                client(member(now, Role.VIEWER), "read").send("GET", API + "/tenants/heir", null),
                200);

        var own = API + "/tenants/" + before;
        refused(old.send("GET", own, null), 404, "not-found", null);
        refused(old.send("GET", own + "?watch=true", null), 404, "not-found", null);
        refused(
                old.send(
                        "POST",
                        "/api/v1/tenants/" + before + "/quotas/preview",
                        "{\"spec\": {\"selector\": {\"matchLabels\": {\"team\": \"blue\"}},"
                                + " \"limits\": [{\"name\": \"l\", \"metric\": \"Requests\","
                                + " \"window\": \"Total\", \"amount\": 1}]}}"),
                404,
                "not-found",
                null);
    }

    @Test
    void everyChangeIsOnRecordBeforeAndAfter() {
        json(send("POST", KEYS, key("followed")), 201);
        json(send("PATCH", KEYS + "/followed", DISABLE), 200);
        assertThat(send("DELETE", KEYS + "/followed", null, "If-Match", "\"1\"").statusCode())
                .isEqualTo(412);
        assertThat(send("DELETE", KEYS + "/followed", null).statusCode()).isEqualTo(204);
        assertThat(lines("followed"))
                .containsExactly(
                        "key.creating",
                        "key.created",
                        "key.changing",
                        "key.changed",
                        "key.deleting",
                        "key.deleting-refused",
                        "key.deleting",
                        "key.deleted");

        var limits =
                "[{\"name\": \"l\", \"metric\": \"Requests\", \"window\": \"Day\", \"amount\": 5}]";
        var quota = "{\"metadata\": {\"name\": \"q\"}, \"spec\": {\"limits\": " + limits + "}}";
        json(send("POST", QUOTAS, quota), 201);
        json(send("PATCH", QUOTAS + "/q", "{\"metadata\": {\"labels\": {\"a\": \"b\"}}}"), 200);
        assertThat(send("DELETE", QUOTAS + "/q", null).statusCode()).isEqualTo(204);
        assertThat(lines("q")).contains("quota.created", "quota.changed", "quota.deleted");
    }

    @Test
    void whatIsNotOnRecordIsNotDone() {
        json(send("POST", KEYS, key("recorded")), 201);
        database.admin().execute("REVOKE INSERT ON billing.audit FROM apihub_billing");
        database.admin()
                .execute(
                        "REVOKE INSERT (actor, user_id, action, subject, detail) ON billing.audit"
                                + " FROM apihub_billing");
        try {
            assertThat(send("POST", KEYS, key("unrecorded")).statusCode()).isIn(500, 503);
            assertThat(send("DELETE", KEYS + "/recorded", null).statusCode()).isIn(500, 503);
        } finally {
            database.admin()
                    .execute(
                            "GRANT INSERT (actor, user_id, action, subject, detail)"
                                    + " ON billing.audit TO apihub_billing");
        }
        refused(send("GET", KEYS + "/unrecorded", null), 404, "not-found", null);
        json(send("GET", KEYS + "/recorded", null), 200);
    }

    @Test
    void whatWasDoneIsAnsweredSoAndOnRecordThoughItsEndIsNot() {
        database.admin()
                .execute(
                        """
                        CREATE FUNCTION billing.no_end() RETURNS trigger LANGUAGE plpgsql AS
                        'BEGIN RAISE EXCEPTION ''away''; END';
                        CREATE TRIGGER no_end BEFORE INSERT ON billing.audit FOR EACH ROW
                        WHEN (NEW.action = 'key.created') EXECUTE FUNCTION billing.no_end()
                        """);
        try {
            json(send("POST", KEYS, key("halfway")), 201);
        } finally {
            database.admin().execute("DROP FUNCTION billing.no_end() CASCADE");
        }
        json(send("GET", KEYS + "/halfway", null), 200);
        assertThat(lines("halfway")).containsExactly("key.creating");
    }

    @Test
    void aChangeOfLabelsSaysSo() {
        json(send("POST", KEYS, key("labelled")), 201);
        var patch =
                "{\"metadata\": {\"labels\": {\"team\": \"red\"}, \"annotations\": {\"a\":"
                        + " \"b\"}}}";

        json(send("PATCH", KEYS + "/labelled", patch), 200);

        assertThat(
                        database.service()
                                .queryForList(
                                        "SELECT detail ->> 'fields' FROM billing.audit WHERE"
                                                + " action = 'key.changed' AND detail ->> 'name' ="
                                                + " 'labelled'",
                                        String.class))
                .containsExactly("metadata.labels,metadata.annotations");
    }

    private static HttpResponse<String> send(
            String method, String path, @Nullable String body, String... headers) {
        return new MemberClient(billing, billing.token()).send(method, path, body, headers);
    }

    private static List<String> lines(String name) {
        return database.service()
                .query(
                        "SELECT action FROM billing.audit WHERE detail ->> 'name' = ?"
                                + " ORDER BY audit_id",
                        (row, number) -> row.getString("action"),
                        name);
    }

    /** One key of each of two members, told apart by who made them and by their labels. */
    @Test
    void usageIsToldByUserAndALimitTriedByLabels() {
        long book = database.registry().priceBook(1_000_000, 2_000_000, "2026-01-01T00:00:00Z");
        var anna = member(acme, Role.DEVELOPER);
        var ben = member(acme, Role.OWNER);
        use(labelled(anna, "anna", "Ab3dEf9hK3", "blue"), 3, book);
        use(labelled(ben, "ben", "Ab3dEf9hK4", "red"), 2, book);
        use(UUID.randomUUID(), 1, book);
        var reader = client(ben, "read", "write");

        var sums =
                RunningBilling.json(
                        reader.send(
                                "GET",
                                "/api/v1/tenants/acme/usage/aggregates?bucket=month&groupBy=user",
                                null));
        var requests = new HashMap<String, Long>();
        sums.get("items")
                .forEach(sum ->
                        requests.merge(
                                sum.path("user").asString("nobody knows"),
                                sum.get("requests").asLong(),
                                Long::sum));
        assertThat(requests)
                .isEqualTo(Map.of(anna.actor(), 3L, ben.actor(), 2L, "nobody knows", 1L));
        assertThat(sums.toString()).contains("\"userName\":\"Some Body\"");
        assertThat(
                        reader.send("GET", "/api/v1/tenants/acme/usage/top?by=user&limit=1", null)
                                .body())
                .contains(anna.actor())
                .doesNotContain(ben.actor());

        for (var selector :
                List.of(
                        "{\"matchLabels\": {\"team\": \"blue\"}}",
                        "{\"matchExpressions\": [{\"key\": \"team\", \"operator\": \"NotIn\","
                                + " \"values\": [\"red\"]}, {\"key\": \"team\", \"operator\":"
                                + " \"Exists\"}]}")) {
            var preview =
                    reader.send(
                            "POST",
                            "/api/v1/tenants/acme/quotas/preview",
                            "{\"spec\": {\"selector\": "
                                    + selector
                                    + ", \"limits\": [{\"name\": \"l\", \"metric\": \"Requests\","
                                    + " \"window\": \"Total\", \"amount\": 1}]}}");
            assertThat(preview.statusCode()).as(preview.body()).isEqualTo(200);
            assertThat(RunningBilling.json(preview).at("/limits/0/refused").asLong()).isEqualTo(2);
        }
    }

    private static UUID labelled(User user, String name, String id, String team) {
        var made =
                client(user, "read", "write")
                        .send(
                                "POST",
                                KEYS,
                                """
                                {"metadata": {"name": "%s", "labels": {"team": "%s"}},
                                 "spec": {"keyId": "%s", "keyHash": "sha256:%s"}}
                                """
                                        .formatted(name, team, id, "cd".repeat(32)));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        return UUID.fromString(RunningBilling.json(made).at("/metadata/uid").asString());
    }

    private static void use(UUID key, int requests, long book) {
        var records = new ArrayList<UsageRecord>();
        for (int i = 0; i < requests; i++) {
            var of = new Records(acme, UUID.randomUUID(), book).key(key).model("gpt-4o");
            var hold = of.holdAt(Instant.now().minusSeconds(60), 0).setUnmetered(true).build();
            records.add(Records.measured(hold, 10, 5));
        }
        UsageFeed.report(billing, records);
    }
}
