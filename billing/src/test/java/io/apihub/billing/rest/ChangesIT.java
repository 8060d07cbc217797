package io.apihub.billing.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.access.Role;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.Browser;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.user.User;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Repeats that make nothing twice, and changes of what was seen and nothing else. */
class ChangesIT {

    /** A name is taken once, so that a repeat makes nothing and says so. */
    private static final Set<String> NAMED_BY_THE_CALLER =
            Set.of(
                    "/api/v1/registration",
                    "/k8s/apis/apihub.io/v1alpha1/namespaces/{namespace}/apikeys",
                    "/k8s/apis/apihub.io/v1alpha1/namespaces/{namespace}/quotas");

    /** What a GET shows there is not what a DELETE ends. */
    private static final Set<String> NO_ENTITIES = Set.of("/api/v1/session", "/api/v1/me/sessions");

    private static final TestDatabase DATABASE = RunningBilling.sharedDatabase();
    private static final RunningBilling BILLING = RunningBilling.shared();
    private static final People PEOPLE = new People(BILLING);

    private final String name = "t-" + UUID.randomUUID();
    private final UUID tenant = DATABASE.registry().tenant(name);
    private final User owner = PEOPLE.user();

    private Browser owner() {
        PEOPLE.member(owner, tenant, Role.OWNER);
        return PEOPLE.browser(owner);
    }

    private record Operation(String path, String method, JsonNode what) {

        boolean takes(String header) {
            return StreamSupport.stream(what.path("parameters").spliterator(), false)
                    .anyMatch(parameter -> parameter.path("name").asString().equals(header));
        }
    }

    private static List<Operation> operations() {
        var operations = new ArrayList<Operation>();
        var paths = RunningBilling.json(BILLING.send(BILLING.request("/api/openapi"))).get("paths");
        for (var path : paths.propertyNames()) {
            for (var method : paths.get(path).propertyNames()) {
                operations.add(new Operation(path, method, paths.get(path).get(method)));
            }
        }
        return operations;
    }

    @Test
    void whateverMakesSomethingTakesAnIdempotencyKey() {
        assertThat(operations())
                .filteredOn(operation -> operation.method().equals("post"))
                .filteredOn(operation -> operation.what().at("/responses/201").isObject())
                .filteredOn(operation -> !NAMED_BY_THE_CALLER.contains(operation.path()))
                .hasSizeGreaterThanOrEqualTo(4)
                .allMatch(operation -> operation.takes("Idempotency-Key"));
    }

    @Test
    void whateverChangesWhatCanBeReadTakesIfMatch() {
        var readable =
                operations().stream()
                        .filter(operation -> operation.method().equals("get"))
                        .map(Operation::path)
                        .filter(path -> !NO_ENTITIES.contains(path))
                        .toList();

        assertThat(operations())
                .filteredOn(
                        operation -> Set.of("put", "patch", "delete").contains(operation.method()))
                .filteredOn(operation -> readable.contains(operation.path()))
                .hasSizeGreaterThanOrEqualTo(8)
                .allMatch(operation -> operation.takes("If-Match"));
    }

    @Test
    void aRepeatMakesNothingAndTellsNoSecret() {
        var browser = owner();
        for (var thing : List.of("clients", "invitations")) {
            var path = "/api/v1/tenants/" + name + "/" + thing;
            var body =
                    thing.equals("clients")
                            ? Map.of("name", "ci", "role", "VIEWER", "scopes", List.of("read"))
                            : Map.of("role", "VIEWER");
            var secret = thing.equals("clients") ? "clientSecret" : "token";

            var first = post(browser, path, body, thing);
            var again = post(browser, path, body, thing);

            assertThat(first.statusCode()).as(first.body()).isEqualTo(201);
            assertThat(again.statusCode()).isEqualTo(201);
            assertThat(again.headers().firstValue("Idempotency-Replayed")).contains("true");
            assertThat(RunningBilling.json(first).get(secret).asString()).isNotBlank();
            assertThat(RunningBilling.json(again).has(secret)).isFalse();
            assertThat(RunningBilling.json(again).get("details"))
                    .isEqualTo(RunningBilling.json(first).get("details"));
            assertThat(RunningBilling.json(browser.get(path)).get("items")).hasSize(1);
            assertThat(
                            post(browser, path, Map.of("role", "OWNER", "name", "x"), thing)
                                    .statusCode())
                    .isIn(400, 422);
        }
        assertThat(
                        DATABASE.admin()
                                .queryForList("SELECT body FROM billing.idempotent_answer")
                                .toString())
                .doesNotContain("clientSecret", "\"token\"");
    }

    @Test
    void aTokenIsMadeOnceForEachKeyAndOthersMayUseTheSameKey() {
        var wish =
                Map.of(
                        "name",
                        "n",
                        "scopes",
                        List.of("read"),
                        "expiresAt",
                        Instant.now().plus(Duration.ofDays(30)).toString());
        var browser = owner();
        var other = PEOPLE.browser(PEOPLE.user());

        var first = post(browser, "/api/v1/me/tokens", wish, "k");
        var again = post(browser, "/api/v1/me/tokens", wish, "k");
        var others = post(other, "/api/v1/me/tokens", wish, "k");

        assertThat(first.statusCode()).as(first.body()).isEqualTo(201);
        assertThat(id(again)).isEqualTo(id(first));
        assertThat(id(others)).isNotEqualTo(id(first));
        assertThat(post(browser, "/api/v1/me/tokens", wish, " ").statusCode()).isEqualTo(400);
    }

    private static String id(HttpResponse<String> made) {
        return RunningBilling.json(made).at("/details/id").asString();
    }

    @Test
    void anInvitationWhoseAnswerWasLostIsAcceptedOnce() {
        var path = "/api/v1/tenants/" + name + "/invitations";
        var made = owner().post(path, Map.of("role", "VIEWER"));
        var token = Map.of("token", RunningBilling.json(made).get("token").asString());
        var guest = PEOPLE.browser(PEOPLE.user());

        var first = post(guest, "/api/v1/invitations/accept", token, "k");
        var again = post(guest, "/api/v1/invitations/accept", token, "k");

        assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(guest.post("/api/v1/invitations/accept", token).statusCode()).isEqualTo(400);
    }

    @Test
    void whoHasItAlreadyHearsThatItIsTheSame() {
        var browser = owner();
        for (var path :
                List.of(
                        "/api/v1/me",
                        "/api/v1/tenants/" + name + "/balance",
                        "/api/v1/tenants/" + name + "/members/" + owner.id())) {
            var read = browser.get(path);
            var tag = tag(read);

            var same = browser.send("GET", path, null, null, "If-None-Match", tag);
            var older = browser.send("GET", path, null, null, "If-None-Match", "\"older\"");

            assertThat(same.statusCode()).as(path).isEqualTo(304);
            assertThat(same.body()).isEmpty();
            assertThat(older.statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aChangeOfWhatWasNotSeenIsRefused() {
        var browser = owner();
        var before = tag(browser.get("/api/v1/me"));

        var changed = rename(browser, "First", before);
        var late = rename(browser, "Second", before);

        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
        assertThat(tag(changed)).isEqualTo(tag(browser.get("/api/v1/me"))).isNotEqualTo(before);
        assertThat(late.statusCode()).isEqualTo(412);
        assertThat(RunningBilling.json(late).get("type").asString())
                .isEqualTo("urn:apihub:problem:precondition-failed");
        assertThat(RunningBilling.json(late).get("detail").asString())
                .contains("read it again", tag(changed));
        assertThat(rename(browser, "Third", "\"x\", W/" + tag(changed)).statusCode())
                .as("a proxy made it weak")
                .isEqualTo(200);
        assertThat(rename(browser, "Fourth", "*").statusCode()).isEqualTo(200);
        assertThat(browser.get("/api/v1/me").body()).contains("Fourth");
    }

    private static HttpResponse<String> rename(Browser browser, String to, String ifMatch) {
        var body = Map.of("displayName", to);
        return browser.send("PATCH", "/api/v1/me", body, browser.csrfToken(), "If-Match", ifMatch);
    }

    @Test
    void ofManyWhoChangeWhatTheySawOneDoes() throws Exception {
        var browser = owner();
        var member = PEOPLE.user();
        PEOPLE.member(member, tenant, Role.VIEWER);
        var path = "/api/v1/tenants/" + name + "/members/" + member.id();
        var seen = tag(browser.get(path));
        var changes = new ArrayList<Callable<Integer>>();
        for (int i = 0; i < 8; i++) {
            var role = i % 2 == 0 ? "DEVELOPER" : "OWNER";
            changes.add(() ->
                    browser.send(
                                    "PATCH",
                                    path,
                                    Map.of("role", role),
                                    browser.csrfToken(),
                                    "If-Match",
                                    seen)
                            .statusCode());
        }

        var answers = new ArrayList<Integer>();
        try (var executor = Executors.newFixedThreadPool(8)) {
            for (var done : executor.invokeAll(changes)) {
                answers.add(done.get());
            }
        }

        assertThat(answers).containsOnlyOnce(204).containsOnly(204, 412);
        var stale = browser.send("DELETE", path, null, browser.csrfToken(), "If-Match", seen);
        assertThat(stale.statusCode()).isEqualTo(412);
        var fresh = tag(browser.get(path));
        assertThat(
                        browser.send("DELETE", path, null, browser.csrfToken(), "If-Match", fresh)
                                .statusCode())
                .isEqualTo(204);
        assertThat(browser.get(path).statusCode()).isEqualTo(404);
    }

    @Test
    void administratorsChangeUsersAsTheySawThem() {
        var administrator = PEOPLE.browser(PEOPLE.user(user -> user.makeAdministrator(true)));
        var path = "/api/v1/users/" + PEOPLE.user().id();
        var seen = tag(administrator.get(path));
        var off = Map.of("disabled", true);

        var csrf = administrator.csrfToken();
        var done = administrator.send("PATCH", path, off, csrf, "If-Match", seen);
        var late = administrator.send("PATCH", path, off, csrf, "If-Match", seen);

        assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
        assertThat(tag(done)).isEqualTo(tag(administrator.get(path)));
        assertThat(late.statusCode()).isEqualTo(412);
    }

    private static final Map<String, String> HINT =
            Map.of("severity", "INFO", "title", "Hint", "text", "Read the guide.");
    private static final Map<String, String> NOW =
            Map.of(
                    "severity", "CRITICAL",
                    "title", "Slow",
                    "text", "One upstream is slow.\r\nWe look at it.",
                    "titleZh", "\u53d8\u6162",
                    "textZh", "\u4e00\u4e2a\u4e0a\u6e38\u53d8\u6162\u3002");

    /** For one day. */
    private static Map<String, String> spanned(String day) {
        var body = new HashMap<>(HINT);
        body.putAll(Map.of("from", day + "T00:00:00Z", "until", day + "T23:00:00Z"));
        return body;
    }

    /** What administrators tell is changed as they saw it, and members see what is told now. */
    @Test
    void announcementsAreSeenWhileTheyLast() {
        var all = "/api/v1/announcements";
        var administrator = PEOPLE.browser(PEOPLE.user(user -> user.makeAdministrator(true)));
        var member = PEOPLE.browser(PEOPLE.user());
        for (var one : List.of(spanned("2026-01-01"), spanned("2126-01-01"), NOW, HINT)) {
            assertThat(administrator.post(all, one).statusCode()).isEqualTo(201);
        }

        var shown = RunningBilling.json(member.get(all + "/current")).get("items");
        assertThat(shown.valueStream().map(one -> one.get("title").asString()))
                .containsExactly("Slow", "Hint");
        assertThat(shown.get(0).get("text").asString())
                .isEqualTo("One upstream is slow.\nWe look at it.");
        assertThat(shown.get(0).get("titleZh").asString()).isEqualTo("\u53d8\u6162");
        assertThat(member.get(all).statusCode()).isEqualTo(403);
        assertThat(member.post(all, HINT).statusCode()).isEqualTo(403);
        assertThat(RunningBilling.json(administrator.get(all + "?limit=3")).has("nextCursor"))
                .isTrue();

        var path = all + "/" + shown.get(0).get("id").asString();
        var seen = tag(administrator.get(path));
        var csrf = administrator.csrfToken();
        var over = new HashMap<>(NOW);
        over.put("until", shown.get(0).get("from").asString());
        var early = administrator.send("PUT", path, over, csrf, "If-Match", seen);
        assertThat(early.statusCode()).isEqualTo(400);
        assertThat(RunningBilling.json(early).get("field").asString()).isEqualTo("until");
        over.put("until", Instant.now().toString());
        assertThat(administrator.send("PUT", path, over, csrf, "If-Match", seen).statusCode())
                .isEqualTo(200);
        assertThat(administrator.send("PUT", path, NOW, csrf, "If-Match", seen).statusCode())
                .isEqualTo(412);
        assertThat(RunningBilling.json(member.get(all + "/current")).get("items")).hasSize(1);
        assertThat(administrator.delete(path).statusCode()).isEqualTo(204);
        assertThat(administrator.get(path).statusCode()).isEqualTo(404);
    }

    private static HttpResponse<String> post(
            Browser browser, String path, Object body, String key) {
        return browser.send("POST", path, body, browser.csrfToken(), "Idempotency-Key", key);
    }

    private static String tag(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.headers().firstValue("ETag").orElseThrow();
    }
}
