package io.apihub.billing.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.TenantObjects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Who may call what: every endpoint of the OpenAPI document, called by everybody. What comes out is
 * docs/access.md, so that each change of it is seen in review.
 */
class AccessMatrixIT {

    private static final Path COMMITTED = Path.of("..", "docs", "access.md");

    /** What strangers need before they are anybody. */
    private static final Set<String> OPEN =
            Set.of(
                    "GET /.well-known/jwks.json",
                    "POST /api/v1/token",
                    "POST /api/v1/session",
                    "GET /api/v1/session/ways",
                    "GET /api/v1/session/oidc",
                    "GET /api/v1/session/oidc/callback",
                    "POST /api/v1/session/second-factor",
                    "GET /api/v1/registration",
                    "POST /api/v1/registration",
                    "POST /api/v1/email-verification",
                    "POST /api/v1/email-verification/confirmation",
                    "POST /api/v1/password-reset",
                    "POST /api/v1/password-reset/confirmation");

    private static TestDatabase database;
    private static RunningBilling billing;
    private static UUID tenant;
    private static UUID elsewhere;
    private static final List<Row> MATRIX = new ArrayList<>();

    private record Operation(String method, String path, String contentType) {

        String title() {
            return method + " " + path;
        }

        boolean inTenant() {
            return path.contains("{tenant}") || path.contains("{namespace}");
        }

        boolean endsSessions() {
            return method.equals("DELETE")
                    && (path.startsWith("/api/v1/session") || path.endsWith("/me/sessions"));
        }
    }

    private record Row(Operation operation, Map<CallerKind, String> answers) {

        boolean lets(CallerKind caller) {
            return "yes".equals(answers.get(caller));
        }
    }

    @BeforeAll
    static void call() {
        database = TestDatabase.create();
        billing = RunningBilling.on(database);
        tenant = database.registry().tenant("acme");
        elsewhere = database.registry().tenant("other");
        MATRIX.clear();
        var operations = operations();
        var callers = new EnumMap<CallerKind, MatrixCaller>(CallerKind.class);
        for (var kind : CallerKind.values()) {
            callers.put(kind, kind.in(billing, tenant, elsewhere));
        }
        for (var operation : operations) {
            var answers = new EnumMap<CallerKind, String>(CallerKind.class);
            callers.forEach((kind, caller) -> {
                var asked = operation.endsSessions() ? kind.in(billing, tenant, elsewhere) : caller;
                answers.put(kind, answer(operation, asked));
            });
            MATRIX.add(new Row(operation, answers));
        }
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    private static List<Operation> operations() {
        var operations = new ArrayList<Operation>();
        var paths = RunningBilling.json(billing.send(billing.request("/api/openapi"))).get("paths");
        for (var path : new TreeSet<>(paths.propertyNames())) {
            for (var method : new TreeSet<>(paths.get(path).propertyNames())) {
                var content = paths.get(path).get(method).at("/requestBody/content");
                var type =
                        content.isMissingNode()
                                ? "application/json"
                                : content.propertyNames().iterator().next();
                operations.add(new Operation(method.toUpperCase(Locale.ROOT), path, type));
            }
        }
        return operations;
    }

    private static String answer(Operation operation, MatrixCaller caller) {
        var path =
                operation
                        .path()
                        .replace("{tenant}", "acme")
                        .replace("{namespace}", "acme")
                        .replaceAll("\\{[^}]+}", UUID.randomUUID().toString());
        var reply = caller.send(operation.method(), path, operation.contentType());
        // Without a way to Kubernetes whoever is let in hears so: 503.
        assertThat(reply.status()).as("%s: %s", operation, reply.body()).isNotEqualTo(500);
        if (reply.status() == 403
                || (reply.status() == 401 && reply.body().contains("problem:unauthenticated"))
                || (reply.status() == 404 && reply.body().contains("No tenant has"))) {
            return String.valueOf(reply.status());
        }
        return "yes";
    }

    @Test
    void nobodyGetsInButWhereEverybodyMust() {
        assertThat(MATRIX)
                .filteredOn(row -> row.lets(CallerKind.NOBODY))
                .extracting(row -> row.operation().title())
                .isSubsetOf(OPEN);
        assertThat(MATRIX)
                .extracting(row -> row.operation().title())
                .as("what is let in exists")
                .containsAll(OPEN);
    }

    @Test
    void whoIsNoMemberSeesATenantThatDoesNotExist() {
        assertThat(MATRIX)
                .filteredOn(row -> row.operation().inTenant())
                .isNotEmpty()
                .allSatisfy(row -> {
                    // 403 only where a member would hear it too: it says nothing of the tenant.
                    var refused = row.lets(CallerKind.OWNER) ? List.of("404") : List.of("403");
                    assertThat(row.answers().get(CallerKind.STRANGER))
                            .as(row.operation().title())
                            .isIn(refused);
                    assertThat(row.answers().get(CallerKind.STRANGERS_CLIENT))
                            .as(row.operation().title())
                            .isIn("404", "403");
                });
    }

    @Test
    void whoMayMoreMayAllThatWhoMayLessMay() {
        var order =
                List.of(
                        CallerKind.VIEWER,
                        CallerKind.DEVELOPER,
                        CallerKind.OWNER,
                        CallerKind.ADMINISTRATOR);
        for (var row : MATRIX) {
            if (row.operation().inTenant()) {
                assertThat(order.stream().map(row::lets).toList())
                        .as(row.operation().title())
                        .isSortedAccordingTo(Boolean::compare);
            }
        }
    }

    @Test
    void aTokenMayNoMoreThanItsOwnerAndAReadingOneChangesNothing() {
        for (var row : MATRIX) {
            var title = row.operation().title();
            if (row.lets(CallerKind.WRITING_TOKEN)) {
                assertThat(row.lets(CallerKind.OWNER)).as(title).isTrue();
            }
            if (row.lets(CallerKind.TOKEN_FILE)) {
                assertThat(row.lets(CallerKind.ADMINISTRATOR)).as(title).isTrue();
            }
            if (row.lets(CallerKind.READING_TOKEN) && !row.lets(CallerKind.NOBODY)) {
                assertThat(title).startsWith("GET ");
            }
        }
    }

    /** What is another tenant's is not there on one's own path, nor where a request names it. */
    @Test
    void nobodyReachesAnotherTenantsObjectsByTheirIds() {
        var document = RunningBilling.json(billing.send(billing.request("/api/openapi")));
        var foreign =
                new ForeignObjects(
                        billing,
                        new TenantObjects(billing, database, "acme", tenant),
                        new TenantObjects(billing, database, "other", elsewhere));

        foreign.check(document.get("paths"));
        foreign.checkNamed(document);
    }

    @Test
    void noEndpointIsMissing() {
        var described =
                MATRIX.stream().map(row -> row.operation().path()).collect(Collectors.toSet());
        var served = new TreeSet<String>();
        billing.get(RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .forEach((mapping, method) -> {
                    if (method.getBeanType().getName().startsWith("io.apihub.")) {
                        served.addAll(mapping.getPatternValues());
                    }
                });
        served.remove("/error");
        // The document itself.
        served.remove("/api/openapi");
        // For payment platforms, and payers who come back from them.
        served.removeIf(path -> path.startsWith("/api/payment/"));

        assertThat(described).containsAll(served);
    }

    /** With {@code -Daccess.write=true} the file is written instead of compared. */
    @Test
    void theCommittedMatrixIsTheTrueOne() throws IOException {
        var text = text();
        if (Boolean.getBoolean("access.write")) {
            Files.writeString(COMMITTED, text);
        }

        assertThat(text)
                .as("changed? run this test with -Daccess.write=true and look at docs/access.md")
                .isEqualTo(Files.readString(COMMITTED));
    }

    private static String text() {
        var text = new StringBuilder();
        text.append("# Who may call what\n\n")
                .append("Generated by `AccessMatrixIT`, which calls every endpoint of the OpenAPI")
                .append(" document as everybody.\n\n")
                .append("`yes`: let in. `401`: log in. `403`: not allowed. `404`: answered like a")
                .append(" tenant that does not exist.\n\n| endpoint |");
        for (var kind : CallerKind.values()) {
            text.append(' ').append(kind.title()).append(" |");
        }
        text.append("\n|---|").append("---|".repeat(CallerKind.values().length)).append('\n');
        for (var row : MATRIX) {
            text.append("| `").append(row.operation().title()).append("` |");
            row.answers().values().forEach(answer -> text.append(' ').append(answer).append(" |"));
            text.append('\n');
        }
        return text.toString();
    }
}
