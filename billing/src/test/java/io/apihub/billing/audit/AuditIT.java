package io.apihub.billing.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.billing.access.Caller;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.RunningBilling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/** The log on a real Postgres: it is written with the change, read in pages, and never edited. */
class AuditIT {

    private static TestDatabase database;
    private static RunningBilling billing;

    private final String subject = "tenant/" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        billing = RunningBilling.on(database);
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    @Test
    void aLineIsReadAsItWasWritten() {
        var user = UUID.randomUUID();
        record(new Caller("user/" + user, user, false, Map.of()), "key.created", Map.of("a", "b"));

        var line = lines("?subject=" + subject).getFirst();

        assertThat(line.get("actor").asString()).isEqualTo("user/" + user);
        assertThat(line.get("user").asString()).isEqualTo(user.toString());
        assertThat(line.get("action").asString()).isEqualTo("key.created");
        assertThat(line.get("detail").get("a").asString()).isEqualTo("b");
        assertThat(line.get("at").asString()).endsWith("Z");
    }

    @Test
    void whatIsRolledBackWasNotLogged() {
        billing.get(TransactionTemplate.class)
                .executeWithoutResult(status -> {
                    write(Caller.administrator("admin"), "key.created", Map.of());
                    status.setRollbackOnly();
                });

        assertThat(lines("?subject=" + subject)).isEmpty();
    }

    @Test
    void withoutATransactionNothingIsLogged() {
        var admin = Caller.administrator("admin");

        assertThatThrownBy(() -> write(admin, "key.created", Map.of()))
                .isInstanceOf(IllegalTransactionStateException.class);
    }

    @Test
    void pagesGoFromTheNewestToTheOldest() {
        for (int i = 0; i < 5; i++) {
            record(Caller.administrator("admin"), "key.created", Map.of("n", String.valueOf(i)));
        }
        var seen = new ArrayList<String>();
        var cursor = "";
        do {
            var page =
                    RunningBilling.json(
                            billing.get("/api/v1/audit?limit=2&subject=" + subject + cursor));
            page.get("items").forEach(line -> seen.add(line.get("detail").get("n").asString()));
            cursor = page.has("nextCursor") ? "&cursor=" + page.get("nextCursor").asString() : "";
        } while (!cursor.isEmpty());

        assertThat(seen).containsExactly("4", "3", "2", "1", "0");
    }

    @ParameterizedTest
    @CsvSource({
        "actor=alice, 1",
        "actor=alice&action=key.created, 1",
        "action=key.created, 2",
        "action=key, 2",
        "action=key.deleted, 0",
        "action=ke, 0",
        "from=2026-01-01T00:00:00Z, 3",
        "to=2026-01-01T00:00:00Z, 0",
        "action=member, 1"
    })
    void filtersNarrow(String filter, int found) {
        record(Caller.administrator("alice"), "key.created", Map.of());
        record(Caller.administrator("bob"), "key.created", Map.of());
        record(Caller.administrator("bob"), "member.removed", Map.of());

        assertThat(lines("?subject=" + subject + "&" + filter)).hasSize(found);
    }

    @ParameterizedTest
    @CsvSource({"from=now, from", "cursor=x, cursor", "who=x, who", "limit=0, limit"})
    void aWrongParameterIsNamed(String parameter, String field) {
        var response = billing.get("/api/v1/audit?" + parameter);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(RunningBilling.json(response).get("field").asString()).isEqualTo(field);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE billing.audit SET actor = 'nobody'",
                "DELETE FROM billing.audit",
                "TRUNCATE billing.audit",
                "INSERT INTO billing.audit (at, actor, action, subject)"
                        + " VALUES ('2020-01-01', 'a', 'a.b', 's')"
            })
    void nobodyEditsTheLogAndTheServiceCannotDateItBack(String sql) {
        record(Caller.administrator("admin"), "key.created", Map.of());

        assertThatThrownBy(() -> database.service().update(sql))
                .isInstanceOf(DataAccessException.class);
        if (!sql.startsWith("INSERT")) {
            assertThatThrownBy(() -> database.admin().update(sql))
                    .as("not even its owner")
                    .isInstanceOf(DataAccessException.class);
        }
    }

    private void record(Caller caller, String action, Map<String, String> detail) {
        billing.get(TransactionTemplate.class)
                .executeWithoutResult(status -> write(caller, action, detail));
    }

    private void write(Caller caller, String action, Map<String, String> detail) {
        billing.get(AuditLog.class).record(caller, action, subject, detail);
    }

    private static List<JsonNode> lines(String query) {
        var response = billing.get("/api/v1/audit" + query);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        var lines = new ArrayList<JsonNode>();
        RunningBilling.json(response).get("items").forEach(lines::add);
        return lines;
    }
}
