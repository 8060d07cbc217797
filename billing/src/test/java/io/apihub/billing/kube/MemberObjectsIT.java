package io.apihub.billing.kube;

import static io.apihub.billing.kube.MemberClient.json;
import static io.apihub.billing.kube.MemberClient.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.RunningBilling;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be done through /k8s, on a real API server with the real ServiceAccount. */
class MemberObjectsIT {

    private static final String KEYS = "/k8s/apis/apihub.io/v1alpha1/namespaces/acme/apikeys";
    private static final String QUOTAS = "/k8s/apis/apihub.io/v1alpha1/namespaces/acme/quotas";
    private static final String HASH = "sha256:" + "ab".repeat(32);

    private static Cluster cluster;
    private static TestDatabase database;
    private static RunningBilling billing;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        cluster = Cluster.start();
        database = TestDatabase.create();
        for (var tenant : new String[] {"acme", "full"}) {
            database.registry().tenant(tenant);
            cluster.tenantNamespace(tenant);
        }
        cluster.applyAs("platform", tenant("acme"));
        billing = RunningBilling.with(cluster.settings(database, 12));
        billing.awaitReady();
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    private static String tenant(String name) {
        return """
        apiVersion: apihub.io/v1alpha1
        kind: Tenant
        metadata: {name: %s, annotations: {platform-note: pays late}}
        spec: {namespace: %s}
        """
                .formatted(name, name);
    }

    private static String key(String name, String more) {
        return """
        {"metadata": {"name": "%s"}, "spec": {"keyId": "Ab3dEf9hK2", "keyHash": "%s"%s}}
        """
                .formatted(name, HASH, more);
    }

    private static HttpResponse<String> send(
            String method, String path, @Nullable String body, String... headers) {
        return new MemberClient(billing, billing.token()).send(method, path, body, headers);
    }

    @Test
    void aKeyLivesFromCreationToDeletion() {
        var made = send("POST", KEYS, key("robot", ", \"displayName\": \" robot \""));
        var created = json(made, 201);
        assertThat(created.at("/spec/tenantRef/name").asString()).isEqualTo("acme");
        assertThat(created.at("/spec/displayName").asString()).isEqualTo("robot");
        assertThat(created.at("/metadata/annotations/apihub.io~1requested-by").asString())
                .isNotBlank();
        assertThat(created.at("/metadata").has("managedFields")).isFalse();
        var tag = made.headers().firstValue("ETag").orElseThrow();
        assertThat(tag).isEqualTo("\"" + created.at("/metadata/resourceVersion").asString() + "\"");

        var read = send("GET", KEYS + "/robot", null);
        assertThat(json(read, 200)).isEqualTo(created);
        var changed =
                send("PATCH", KEYS + "/robot", "{\"spec\": {\"disabled\": true}}", "If-Match", tag);
        assertThat(json(changed, 200).at("/spec/disabled").asBoolean()).isTrue();
        refused(
                send(
                        "PATCH",
                        KEYS + "/robot",
                        "{\"spec\": {\"disabled\": false}}",
                        "If-Match",
                        tag),
                412,
                "precondition-failed",
                null);
        refused(
                send("DELETE", KEYS + "/robot", null, "If-Match", tag),
                412,
                "precondition-failed",
                null);
        var newTag = changed.headers().firstValue("ETag").orElseThrow();
        assertThat(
                        send("DELETE", KEYS + "/robot?dryRun=All", null, "If-Match", newTag)
                                .statusCode())
                .isEqualTo(204);
        assertThat(send("DELETE", KEYS + "/robot", null, "If-Match", newTag).statusCode())
                .isEqualTo(204);
        refused(send("GET", KEYS + "/robot", null), 404, "not-found", null);
        assertThat(lines("robot")).contains("key.created", "key.changed", "key.deleted");
    }

    private static List<String> lines(String name) {
        return database.service()
                .query(
                        "SELECT action FROM billing.audit WHERE detail ->> 'name' = ?"
                                + " ORDER BY audit_id",
                        (row, number) -> row.getString("action"),
                        name);
    }

    @Test
    void aListHasWhatIsThere() {
        json(send("POST", KEYS, key("listed", "")), 201);
        var list = json(send("GET", KEYS, null), 200);
        assertThat(list.path("kind").asString()).isEqualTo("ApiKeyList");
        assertThat(
                        list.path("items")
                                .valueStream()
                                .map(item -> item.at("/metadata/name").asString()))
                .contains("listed");
    }

    @Test
    void aDryRunChecksEverythingAndChangesNothing() {
        json(send("POST", KEYS + "?dryRun=All", key("dry", "")), 201);
        refused(send("GET", KEYS + "/dry", null), 404, "not-found", null);
        refused(
                send("POST", KEYS + "?dryRun=Some", key("dry", "")),
                400,
                "invalid-field",
                "dryRun");
    }

    @Test
    void aQuotaIsTheTenantsOwn() {
        var limits =
                "[{\"name\": \"rpm\", \"metric\": \"Requests\", \"window\": \"Minute\", \"amount\":"
                        + " 5}]";
        var made =
                json(
                        send(
                                "POST",
                                QUOTAS,
                                "{\"metadata\": {\"name\": \"own\"}, \"spec\": {\"limits\": "
                                        + limits
                                        + "}}"),
                        201);
        assertThat(made.at("/spec/owner").asString()).isEqualTo("Tenant");
        assertThat(made.at("/spec/tenantRef/name").asString()).isEqualTo("acme");
        cluster.applyAs("platform", quota("ceiling", "Platform"));

        refused(
                send("PATCH", QUOTAS + "/ceiling", "{\"metadata\": {\"labels\": {\"a\": \"b\"}}}"),
                409,
                "managed-elsewhere",
                "spec.owner");
        refused(send("DELETE", QUOTAS + "/ceiling", null), 409, "managed-elsewhere", "spec.owner");
        refused(
                send(
                        "POST",
                        QUOTAS,
                        "{\"metadata\": {\"name\": \"x\"}, \"spec\": {\"owner\": \"Platform\","
                                + " \"limits\": "
                                + limits
                                + "}}"),
                400,
                "invalid-field",
                "spec.owner");
        refused(
                send("PATCH", QUOTAS + "/own", "{\"spec\": {\"owner\": \"Platform\"}}"),
                400,
                "invalid-field",
                "spec.owner");
        assertThat(send("DELETE", QUOTAS + "/own", null).statusCode()).isEqualTo(204);
    }

    private static String quota(String name, String owner) {
        return """
        apiVersion: apihub.io/v1alpha1
        kind: Quota
        metadata: {name: %s, namespace: acme}
        spec:
          tenantRef: {name: acme}
          owner: %s
          limits: [{name: rpm, metric: Requests, window: Minute, amount: 5}]
        """
                .formatted(name, owner);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"metadata": {"name": "x"}, "spec": {}, "status": {}}                                  | status
                    {"metadata": {"name": "x", "finalizers": ["a/b"]}, "spec": {}}                         | metadata.finalizers
                    {"metadata": {"name": "x", "ownerReferences": []}, "spec": {}}                         | metadata.ownerReferences
                    {"metadata": {"name": "x", "managedFields": []}, "spec": {}}                           | metadata.managedFields
                    {"metadata": {"name": "x", "resourceVersion": "1"}, "spec": {}}                        | metadata.resourceVersion
                    {"metadata": {"generateName": "x"}, "spec": {}}                                        | metadata.generateName
                    {"metadata": {"name": "../y"}, "spec": {}}                                             | metadata.name
                    {"metadata": {"name": "x", "namespace": "full"}, "spec": {}}                           | metadata.namespace
                    {"metadata": {"name": "x", "labels": {"apihub.io/tenant": "full"}}, "spec": {}}        | metadata.labels.apihub.io/tenant
                    {"metadata": {"name": "x", "labels": {"a.b.apihub.io/c": "d"}}, "spec": {}}            | metadata.labels.a.b.apihub.io/c
                    {"metadata": {"name": "x", "annotations": {"apihub.io/requested-by": "bob"}}, "spec": {}} | metadata.annotations.apihub.io/requested-by
                    {"metadata": {"name": "x", "annotations": {"kubectl.kubernetes.io/a": "b"}}, "spec": {}}  | metadata.annotations.kubectl.kubernetes.io/a
                    {"metadata": {"name": "x", "annotations": {"a": 1}}, "spec": {}}                       | metadata.annotations.a
                    {"metadata": {"name": "x"}, "spec": {"tenantRef": {"name": "full"}}}                   | spec.tenantRef.name
                    {"metadata": {"name": "x"}, "spec": {"generate": {"secretName": "s"}}}                 | spec.generate
                    {"metadata": {"name": "x"}, "spec": {"displayName": "a\\u200bb"}}                      | spec.displayName
                    {"kind": "Secret", "metadata": {"name": "x"}, "spec": {}}                              | kind
                    {"apiVersion": "v1", "metadata": {"name": "x"}, "spec": {}}                            | apiVersion
                    {"metadata": [], "spec": {}}                                                           | metadata
                    {"metadata": {"name": "x"}, "spec": 3}                                                 | spec
                    """)
    void whatIsNotTheMembersIsRefusedByName(String body, String field) {
        refused(send("POST", KEYS, body), 400, "invalid-field", field);
        refused(send("GET", KEYS + "/x", null), 404, "not-found", null);
    }

    @Test
    void bodiesHaveBounds() {
        assertThat(
                        json(send("POST", KEYS, "{\"a\": \"" + "x".repeat(70_000) + "\"}"), 413)
                                .path("detail")
                                .asString())
                .contains("65536");
        refused(send("POST", KEYS, "[".repeat(100)), 400, "malformed-request", null);
        refused(send("POST", KEYS, "[]"), 400, "malformed-request", null);
        refused(send("POST", KEYS, ""), 400, "malformed-request", null);
        refused(send("POST", KEYS, "{\"spec\": 1, \"spec\": 2}"), 400, "malformed-request", null);
    }

    @Test
    void theApiServersOwnWordsReachTheClient() {
        var bad = json(send("POST", KEYS, key("bad", ", \"allowedCidrs\": [\"10.0.0.1/8\"]")), 422);
        assertThat(bad.path("type").asString()).isEqualTo("urn:apihub:problem:invalid-object");
        assertThat(bad.path("field").asString()).isEqualTo("spec.allowedCidrs[0]");
        assertThat(bad.at("/causes/0/detail").asString()).contains("without bits after the prefix");
        var unknown = json(send("POST", KEYS, key("bad", ", \"disabeld\": true")), 400);
        assertThat(unknown.path("detail").asString()).contains("unknown field \"spec.disabeld\"");
        json(send("POST", KEYS, key("twice", "")), 201);
        refused(send("POST", KEYS, key("twice", "")), 409, "already-exists", null);
        var immutable =
                json(
                        send("PATCH", KEYS + "/twice", "{\"spec\": {\"keyId\": \"0123456789\"}}"),
                        422);
        assertThat(immutable.path("detail").asString()).contains("spec.keyId can't be changed");
        assertThat(send("DELETE", KEYS + "/twice", null).statusCode()).isEqualTo(204);
    }

    @Test
    void whatAnotherManagerKeepsIsShownAndReadOnly() {
        cluster.applyAs(
                "argocd-controller",
                """
                apiVersion: apihub.io/v1alpha1
                kind: ApiKey
                metadata: {name: gitops, namespace: acme, labels: {team: blue}}
                spec:
                  tenantRef: {name: acme}
                  keyId: Zb3dEf9hK2
                  keyHash: %s
                  allowedModels: [gpt-4o]
                """
                        .formatted(HASH));
        var shown = json(send("GET", KEYS + "/gitops", null), 200);
        assertThat(shown.at("/metadata/annotations/apihub.io~1managed-by").asString())
                .isEqualTo("argocd-controller");
        assertThat(shown.at("/metadata/annotations/apihub.io~1read-only-fields").asString())
                .isEqualTo("spec.allowedModels,spec.keyHash,spec.keyId,spec.tenantRef");

        var kept = send("PATCH", KEYS + "/gitops", "{\"spec\": {\"allowedModels\": [\"*\"]}}");
        refused(kept, 409, "managed-elsewhere", "spec.allowedModels");
        assertThat(kept.body()).contains("argocd-controller");
        refused(
                send("PATCH", KEYS + "/gitops", "{\"metadata\": {\"labels\": {\"team\": null}}}"),
                409,
                "managed-elsewhere",
                "metadata.labels.team");
        refused(send("DELETE", KEYS + "/gitops", null), 409, "managed-elsewhere", null);
        json(
                send(
                        "PATCH",
                        KEYS + "/gitops",
                        "{\"spec\": {\"allowedModels\": [\"gpt-4o\"], \"disabled\": true}}"),
                200);
    }

    @Test
    void oneNamespaceTakesOnlySoMany() {
        var keys = KEYS.replace("acme", "full");
        for (int i = 0; i < 12; i++) {
            json(send("POST", keys, key("k" + i, "")), 201);
        }
        refused(send("POST", keys, key("k12", "")), 409, "too-many", null);
        var page = json(send("GET", keys + "?limit=5", null), 200);
        assertThat(page.path("items").size()).isEqualTo(5);
        var next = page.at("/metadata/continue").asString();
        var rest = json(send("GET", keys + "?limit=500&continue=" + next, null), 200);
        assertThat(rest.path("items").size()).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?fieldManager=evil",
                "?force=true",
                "?pretty=true",
                "?limit=0",
                "?limit=501",
                "?limit=5&limit=6",
                "?continue=a%2Fb",
                "?labelSelector=a",
                "?watch=false"
            })
    void noOtherParameterPasses(String query) {
        assertThat(send("GET", KEYS + query, null).statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/k8s",
                "/k8s/",
                "/k8s/api/v1/secrets",
                "/k8s/apis/apihub.io/v1alpha1/apikeys",
                "/k8s/apis/apihub.io/v1alpha1/tenants",
                "/k8s/apis/apihub.io/v1alpha1/upstreams",
                "/k8s/apis/apihub.io/v1alpha1/namespaces/acme",
                "/k8s/apis/apihub.io/v1alpha1/namespaces/acme/secrets",
                "/k8s/apis/apihub.io/v1alpha1/namespaces/acme/apikeys/x/status",
                "/k8s/apis/apihub.io/v1alpha1/namespaces/kube-system/apikeys",
                "/k8s/apis/apihub.io/v1alpha1/namespaces/apihub-system/apikeys",
                "/k8s/apis/apihub.io/v1/namespaces/acme/apikeys",
                "/k8s/apis/apihub.io/v1alpha1/namespaces/acme/apikeys/..%2F..%2Ffull%2Fapikeys",
                "/k8s/apis/apihub.io/v1alpha1/namespaces/acme/apikeys/%2e%2e/x",
                "/k8s/apis/apihub.io/v1alpha1/namespaces/acme/apikeys/a%252Fb",
                "/k8s/apis/apihub.io/v1alpha1/namespaces/acme%2Fapikeys/x",
                "/k8s/apis/apihub.io/v1alpha1/namespaces/acme/apikeys/x%3Fy",
                "/k8s/apis/apihub.io/v1alpha1/namespaces/acme/../../secrets",
                "/k8s//apis/apihub.io/v1alpha1/namespaces/acme/apikeys",
                "/k8s/apis/apihub.io/v1alpha1/namespaces/acme;x=y/apikeys"
            })
    void noOtherPathPasses(String path) {
        assertThat(send("GET", path, null).statusCode()).isIn(400, 404);
    }

    @Test
    void noOtherMethodPasses() {
        assertThat(send("PUT", KEYS + "/x", key("x", "")).statusCode()).isEqualTo(405);
        assertThat(send("DELETE", KEYS, null).statusCode()).isEqualTo(405);
        var own = "/k8s/apis/apihub.io/v1alpha1/tenants/acme";
        assertThat(send("PATCH", own, "{}").statusCode()).isEqualTo(405);
        assertThat(send("DELETE", own, null).statusCode()).isEqualTo(405);
        var json =
                billing.request(KEYS + "/x")
                        .header("Authorization", "Bearer " + billing.token())
                        .header("Content-Type", "application/json-patch+json")
                        .method("PATCH", HttpRequest.BodyPublishers.ofString("[]"));
        assertThat(billing.send(json).statusCode()).isEqualTo(415);
    }

    @Test
    void aTenantIsShownWithoutThePlatformsNotes() {
        var shown = json(send("GET", "/k8s/apis/apihub.io/v1alpha1/tenants/acme", null), 200);

        assertThat(shown.at("/spec/namespace").asString()).isEqualTo("acme");
        assertThat(shown.toString()).doesNotContain("pays late", "managedFields");
    }

    @Test
    void strangersGetNothing() {
        assertThat(billing.send(billing.request(KEYS)).statusCode()).isEqualTo(401);
        assertThat(billing.send(billing.request("/k8s/apis/x")).statusCode()).isEqualTo(401);
    }
}
