package io.apihub.billing.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.access.Role;
import io.apihub.billing.access.SecurityLog;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.Browser;
import io.apihub.billing.testing.LogLines;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.token.TokenHands;
import io.apihub.billing.user.Memberships;
import io.apihub.billing.user.User;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Members, invitations and users over HTTP. */
class MembersIT {

    private static final TestDatabase DATABASE = RunningBilling.sharedDatabase();
    private static final RunningBilling BILLING = RunningBilling.shared();

    private final People people = new People(BILLING);
    private final String name = "t-" + UUID.randomUUID();
    private final UUID tenant = DATABASE.registry().tenant(name);
    private final String path = "/api/v1/tenants/" + name;
    private final User owner = member(Role.OWNER);
    private final Browser browser = people.browser(owner);

    private User member(Role role) {
        var user = people.user(made -> made.verifyEmail(Instant.now()));
        people.member(user, tenant, role);
        return user;
    }

    @Test
    void theLastOwnerCanNeitherLeaveNorStepDown() {
        var self = path + "/members/" + owner.id();

        assertProblem(browser.delete(self), 409, "last-owner");
        assertProblem(browser.patch(self, Map.of("role", "VIEWER")), 409, "last-owner");
        var second = member(Role.OWNER);
        assertThat(browser.patch(self, Map.of("role", "VIEWER")).statusCode()).isEqualTo(204);
        assertProblem(
                people.browser(second).delete(path + "/members/" + second.id()), 409, "last-owner");
        assertThat(browser.delete(self).statusCode()).as("may leave now").isEqualTo(204);
        assertThat(browser.get(path + "/members").statusCode()).isEqualTo(404);
    }

    @Test
    void twoOwnersThatLeaveAtTheSameTimeLeaveOne() throws Exception {
        var second = member(Role.OWNER);
        var other = people.browser(second);
        var leaving =
                List.<Callable<HttpResponse<String>>>of(
                        () -> browser.delete(path + "/members/" + owner.id()),
                        () -> other.delete(path + "/members/" + second.id()));

        assertThat(atOnce(leaving)).containsExactlyInAnyOrder(204, 409);
    }

    private static List<Integer> atOnce(List<Callable<HttpResponse<String>>> requests)
            throws Exception {
        var codes = new ArrayList<Integer>();
        try (var executor = Executors.newFixedThreadPool(requests.size())) {
            for (var answer : executor.invokeAll(requests)) {
                codes.add(answer.get().statusCode());
            }
        }
        return codes;
    }

    @ParameterizedTest
    @ValueSource(strings = {"disabled", "administrator"})
    void twoAdministratorsThatEndEachOtherLeaveOne(String change) throws Exception {
        var one = people.user(user -> user.makeAdministrator(true));
        var other = people.user(user -> user.makeAdministrator(true));
        var ones = people.browser(one);
        var others = people.browser(other);
        var wish = Map.of(change, change.equals("disabled"));

        var codes =
                atOnce(
                        List.of(
                                () -> ones.patch("/api/v1/users/" + other.id(), wish),
                                () -> others.patch("/api/v1/users/" + one.id(), wish)));

        assertThat(codes).containsOnlyOnce(200).isSubsetOf(200, 401, 403);
        assertThat(List.of(ones, others))
                .filteredOn(browser -> browser.get("/api/v1/users").statusCode() == 200)
                .hasSize(1);
    }

    @Test
    void onlyOwnersRemoveOthersAndItHoldsAtOnce() {
        var viewer = member(Role.VIEWER);
        var developer = member(Role.DEVELOPER);
        var viewers = people.browser(viewer);

        assertThat(viewers.delete(path + "/members/" + developer.id()).statusCode()).isEqualTo(403);
        assertThat(viewers.get(path + "/balance").statusCode()).isEqualTo(200);
        assertThat(browser.delete(path + "/members/" + viewer.id()).statusCode()).isEqualTo(204);
        assertThat(viewers.get(path + "/balance").statusCode()).isEqualTo(404);
        assertThat(browser.delete(path + "/members/" + viewer.id()).statusCode()).isEqualTo(404);
    }

    @Test
    void whoIsRefusedIsInTheLog() {
        var viewer = member(Role.VIEWER);
        var viewers = people.browser(viewer);
        var stranger = people.user();
        try (var lines = LogLines.of(SecurityLog.class)) {
            viewers.delete(path + "/members/" + owner.id());
            viewers.get("/api/v1/users");
            people.browser(stranger).get(path + "/balance");
            BILLING.send(BILLING.request("/api/v1/me").header("Authorization", "Bearer x"));

            assertThat(lines.texts())
                    .containsSubsequence(
                            "refused ACCESS of %s: DELETE %s/members/%s: not allowed"
                                    .formatted(viewer.actor(), path, owner.id()),
                            "refused ACCESS of %s: GET /api/v1/users: urn:apihub:problem:forbidden"
                                    .formatted(viewer.actor()),
                            "refused ACCESS of %s: GET %s/balance: urn:apihub:problem:not-found"
                                    .formatted(stranger.actor(), path),
                            "refused TOKEN of nobody: 127.0.0.1: no token that is good");
        }
    }

    @Test
    void membersAreListedPageByPage() {
        for (int i = 0; i < 4; i++) {
            member(Role.VIEWER);
        }
        var seen = new ArrayList<String>();
        var next = path + "/members?limit=2";
        while (next != null) {
            var page = json(browser.get(next));
            page.get("items").forEach(item -> seen.add(item.get("userId").asString()));
            next =
                    page.has("nextCursor")
                            ? path + "/members?limit=2&cursor=" + page.get("nextCursor").asString()
                            : null;
        }

        assertThat(seen).hasSize(5).doesNotHaveDuplicates();
    }

    @Test
    void anInvitationMakesOnePersonAMember() {
        var invited = json(browser.post(path + "/invitations", Map.of("role", "DEVELOPER")));
        var token = invited.get("token").asString();
        var guest = people.browser(people.user());

        var joined = accept(guest, token);

        assertThat(joined.statusCode()).as(joined.body()).isEqualTo(200);
        assertThat(json(joined).get("role").asString()).isEqualTo("DEVELOPER");
        assertThat(guest.get(path + "/balance").statusCode()).isEqualTo(200);
        assertProblem(accept(people.browser(people.user()), token), 400, "invalid-field");
        var listed = browser.get(path + "/invitations");
        assertThat(listed.body()).contains("ACCEPTED").doesNotContain(token);
        assertThat(
                        DATABASE.admin()
                                .queryForList("SELECT i::text FROM billing.invitation i")
                                .toString())
                .doesNotContain(token);
    }

    @Test
    void twoWhoAcceptAtTheSameTimeAreOneMember() throws Exception {
        var token = invite(Map.of("role", "VIEWER")).get("token").asString();
        var accepting = new ArrayList<Callable<HttpResponse<String>>>();
        for (int i = 0; i < 6; i++) {
            var guest = people.browser(people.user());
            accepting.add(() -> accept(guest, token));
        }

        var codes = new ArrayList<Integer>();
        try (var executor = Executors.newFixedThreadPool(6)) {
            for (var accepted : executor.invokeAll(accepting)) {
                codes.add(accepted.get().statusCode());
            }
        }

        assertThat(codes).containsExactlyInAnyOrder(200, 400, 400, 400, 400, 400);
    }

    @Test
    void anInvitationForAnAddressIsForWhoHasProvenToHaveIt() {
        var meant = people.user(user -> user.verifyEmail(Instant.now()));
        var unproven = people.user();
        var token = token(meant.email());

        assertProblem(accept(people.browser(people.user()), token), 400, "invalid-field");
        assertProblem(
                accept(people.browser(unproven), token(unproven.email())), 400, "invalid-field");
        assertThat(accept(people.browser(meant), token).statusCode()).isEqualTo(200);
    }

    private String token(String email) {
        return invite(Map.of("role", "VIEWER", "email", email)).get("token").asString();
    }

    @Test
    void revokedAndExpiredInvitationsAreNoGood() {
        var revoked = invite(Map.of("role", "VIEWER"));
        var expired = invite(Map.of("role", "VIEWER"));
        var id = revoked.get("details").get("id").asString();
        assertThat(browser.delete(path + "/invitations/" + id).statusCode()).isEqualTo(204);
        DATABASE.admin()
                .update(
                        "UPDATE billing.invitation SET expires_at = now() WHERE invitation_id = ?",
                        UUID.fromString(expired.get("details").get("id").asString()));
        var guest = people.browser(people.user());

        for (var bad :
                List.of(revoked.get("token").asString(), expired.get("token").asString(), "x")) {
            assertProblem(accept(guest, bad), 400, "invalid-field");
        }
    }

    @Test
    void whatALeaverOfferedEnds() {
        var leaver = member(Role.OWNER);
        var leavers = people.browser(leaver);
        var offered = json(leavers.post(path + "/invitations", Map.of("role", "OWNER")));
        var kept = invite(Map.of("role", "VIEWER")).get("token").asString();

        assertThat(browser.delete(path + "/members/" + leaver.id()).statusCode()).isEqualTo(204);

        var guest = people.browser(people.user());
        assertProblem(accept(guest, offered.get("token").asString()), 400, "invalid-field");
        var id = offered.get("details").get("id").asString();
        assertThat(json(browser.get(path + "/invitations/" + id)).get("state").asString())
                .isEqualTo("REVOKED");
        assertThat(BILLING.get("/api/v1/audit?action=invitation.revoked").body()).contains(id);
        assertThat(accept(guest, kept).statusCode()).as("by who stays").isEqualTo(200);
    }

    @Test
    void whoIsNoOwnerAnyMoreLetsNobodyIn() {
        var demoted = member(Role.OWNER);
        var removedByGroup = member(Role.OWNER);
        var disabled = member(Role.OWNER);
        var tokens =
                Stream.of(demoted, removedByGroup, disabled)
                        .map(user ->
                                json(
                                        people.browser(user)
                                                .post(
                                                        path + "/invitations",
                                                        Map.of("role", "OWNER"))))
                        .map(made -> made.get("token").asString())
                        .toList();

        var less = Map.of("role", "DEVELOPER");
        assertThat(browser.patch(path + "/members/" + demoted.id(), less).statusCode())
                .isEqualTo(204);
        BILLING.get(Memberships.class).remove(tenant, removedByGroup.id());
        var administrator = people.user(user -> user.makeAdministrator(true));
        var off = Map.of("disabled", true);
        assertThat(
                        people.browser(administrator)
                                .patch("/api/v1/users/" + disabled.id(), off)
                                .statusCode())
                .isEqualTo(200);

        var guest = people.browser(people.user());
        for (var token : tokens) {
            assertProblem(accept(guest, token), 400, "invalid-field");
        }
    }

    @Test
    void whoIsEnabledAgainHasProvenNothingBetween() {
        var unproven = people.user();
        DATABASE.admin()
                .update(
                        "UPDATE billing.app_user SET state = 'UNVERIFIED' WHERE user_id = ?",
                        unproven.id());
        var administrator = people.browser(people.user(user -> user.makeAdministrator(true)));
        var user = "/api/v1/users/" + unproven.id();

        for (int i = 0; i < 2; i++) {
            administrator.patch(user, Map.of("disabled", true));
        }
        var again = administrator.patch(user, Map.of("disabled", false));

        assertThat(json(again).get("state").asString()).isEqualTo("UNVERIFIED");
        assertProblem(
                new Browser(BILLING)
                        .post(
                                "/api/v1/session",
                                Map.of("email", unproven.email(), "password", People.PASSWORD)),
                403,
                "email-not-verified");
    }

    @Test
    void anAdministratorGivesATenantOfKubectlAnOwner() {
        var orphan = "t-" + UUID.randomUUID();
        DATABASE.registry().tenant(orphan);
        var user = people.user();

        var added =
                people.browser(people.user(made -> made.makeAdministrator(true)))
                        .post(
                                "/api/v1/tenants/" + orphan + "/members",
                                Map.of("email", user.email(), "role", "OWNER"));

        assertThat(added.statusCode()).as(added.body()).isEqualTo(204);
        var listed = people.browser(user).get("/api/v1/tenants");
        assertThat(listed.body()).contains(orphan).contains("OWNER").doesNotContain(name);
        assertThat(BILLING.get("/api/v1/tenants?limit=500").body()).contains(orphan, name);
        assertThat(browser.post("/api/v1/tenants/" + orphan + "/members", Map.of()).statusCode())
                .isEqualTo(403);
    }

    @Test
    void aDisabledUserIsLoggedOutEverywhereAndTheirTokensEnd() {
        var administrator = people.user(user -> user.makeAdministrator(true));
        var token = new TokenHands(BILLING).personal(owner.id(), "read");
        var admin = people.browser(administrator);

        var disabled = admin.patch("/api/v1/users/" + owner.id(), Map.of("disabled", true));

        assertThat(json(disabled).get("state").asString()).isEqualTo("DISABLED");
        assertThat(browser.get(path + "/balance").statusCode()).isEqualTo(401);
        var withToken =
                BILLING.send(
                        BILLING.request(path + "/balance")
                                .header("Authorization", "Bearer " + token));
        assertThat(withToken.statusCode()).isEqualTo(401);
        assertProblem(
                admin.patch("/api/v1/users/" + administrator.id(), Map.of("disabled", true)),
                409,
                "oneself");
        assertThat(BILLING.get("/api/v1/users?limit=500").body()).contains(owner.email());
        assertThat(BILLING.get("/api/v1/audit?limit=500").body()).contains("user.disabled");
    }

    private JsonNode invite(Map<String, String> wanted) {
        var response = browser.post(path + "/invitations", wanted);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        return json(response);
    }

    private static HttpResponse<String> accept(Browser guest, String token) {
        return guest.post("/api/v1/invitations/accept", Map.of("token", token));
    }

    private static JsonNode json(HttpResponse<String> response) {
        return RunningBilling.json(response);
    }

    private static void assertProblem(HttpResponse<String> response, int status, String slug) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.body()).contains("urn:apihub:problem:" + slug);
    }
}
