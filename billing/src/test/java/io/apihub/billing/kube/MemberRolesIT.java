package io.apihub.billing.kube;

import static io.apihub.billing.kube.MemberClient.json;
import static io.apihub.billing.kube.MemberClient.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.access.Role;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.token.TokenHands;
import io.apihub.billing.user.User;
import java.io.IOException;
import java.util.Locale;
import java.util.UUID;
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

    private static Cluster cluster;
    private static RunningBilling billing;
    private static UUID acme;
    private static UUID other;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        cluster = Cluster.start();
        var database = TestDatabase.create();
        acme = database.registry().tenant("acme");
        other = database.registry().tenant("other");
        cluster.tenantNamespace("acme");
        cluster.applyAs("platform", Cluster.tenant("acme"));
        billing = RunningBilling.with(cluster.settings(database, 100));
        billing.awaitReady();
    }

    @AfterAll
    static void stop() throws IOException {
        billing.close();
        cluster.close();
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
}
