package io.apihub.operator.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.operator.registry.Outcome;
import io.apihub.operator.registry.Registry;
import io.apihub.operator.registry.RegistryKey;
import io.apihub.operator.registry.RegistryRow;
import io.apihub.operator.registry.RegistryUnavailableException;
import io.apihub.policy.v1.Model;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class ModelRowsTest {

    private final Recorded registry = new Recorded();
    private boolean leading = true;
    private final ModelRows rows =
            new ModelRows(registry, () -> Set.of("kept", "forgotten"), () -> leading);

    private boolean write(Map<String, Model> models) {
        return rows.write(models, models.keySet());
    }

    @Test
    void aModelWhosePoolsDoNotServeYetKeepsTheRowOfAnEarlierLeader() {
        rows.write(models(), Set.of("kept"));
        assertThat(registry.calls).containsExactly(remove("forgotten"));

        registry.calls.clear();
        rows.write(models(), Set.of());
        assertThat(registry.calls).containsExactly(remove("kept"));
    }

    @Test
    void whatAnEarlierLeaderLeftIsRemovedAndTheRestWrittenOnce() {
        assertThat(write(models("kept", "new"))).isTrue();
        assertThat(registry.calls)
                .containsExactlyInAnyOrder(remove("forgotten"), "put kept", "put new");

        registry.calls.clear();
        write(models("kept", "new"));
        assertThat(registry.calls).isEmpty();

        write(models("kept"));
        assertThat(registry.calls).containsExactly(remove("new"));
    }

    @Test
    void whatFailedIsTriedAgain() {
        registry.away = true;
        assertThat(write(models("kept"))).isFalse();

        registry.away = false;
        assertThat(write(models("kept"))).isTrue();

        assertThat(registry.calls).contains("put kept");
    }

    @Test
    void whoDoesNotLeadWritesNothingAndStartsOverWhenItLeadsAgain() {
        write(models("kept"));
        registry.calls.clear();
        leading = false;
        write(models("kept", "new"));
        assertThat(registry.calls).isEmpty();

        leading = true;
        write(models("kept"));

        assertThat(registry.calls).containsExactlyInAnyOrder(remove("forgotten"), "put kept");
    }

    @Test
    void itKnowsWhatGatewaysMustHaveAcked() {
        registry.away = true;
        var models = models("kept");
        write(models);
        assertThat(rows.inForce().lacking(models.values(), models.keySet()))
                .as("Postgres is away")
                .isPresent();

        registry.away = false;
        write(models);
        assertThat(rows.inForce().lacking(models.values(), models.keySet())).isEmpty();
        // The withdrawal of "forgotten" was 1, the row 2.
        assertThat(rows.inForce().revision(models.values())).isEqualTo(2);

        var changed =
                Map.of("kept", Model.newBuilder().setName("kept").setContextTokens(7).build());
        assertThat(rows.inForce().lacking(changed.values(), changed.keySet()))
                .as("other figures are other rows")
                .isPresent();
        assertThat(rows.inForce().lacking(List.of(), Set.of()))
                .contains(new Programming.Pending("model kept is not withdrawn yet"));
        write(Map.of());
        assertThat(rows.inForce().lacking(List.of(), Set.of())).isEmpty();
        assertThat(rows.inForce().revision(List.of())).isEqualTo(3);
    }

    @Test
    void whoDoesNotLeadDoesNotKnow() {
        write(models("kept"));
        leading = false;
        write(models("kept"));

        assertThat(rows.inForce().lacking(List.of(), Set.of())).isPresent();
    }

    private static Map<String, Model> models(String... names) {
        var models = new TreeMap<String, Model>();
        for (String name : names) {
            models.put(name, Model.newBuilder().setName(name).build());
        }
        return models;
    }

    private static String remove(String name) {
        return "remove " + RegistryKey.model(name);
    }

    /** A registry that remembers. */
    private static final class Recorded implements Registry {
        private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
        private volatile boolean away;
        private long revision;

        @Override
        public synchronized Outcome put(RegistryRow row) {
            ModelRowsTest.unless(away);
            calls.add("put " + ((RegistryRow.ModelRow) row).policy().getName());
            return new Outcome.InForce(++revision, Instant.EPOCH, true);
        }

        @Override
        public synchronized Outcome remove(RegistryKey key) {
            ModelRowsTest.unless(away);
            calls.add("remove " + key);
            return new Outcome.Absent(++revision);
        }
    }

    private static void unless(boolean away) {
        if (away) {
            throw new RegistryUnavailableException("test", new SQLException("away"));
        }
    }
}
