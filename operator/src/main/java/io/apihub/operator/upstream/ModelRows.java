package io.apihub.operator.upstream;

import io.apihub.operator.registry.FencedException;
import io.apihub.operator.registry.Outcome;
import io.apihub.operator.registry.Outcome.Absent;
import io.apihub.operator.registry.Outcome.InForce;
import io.apihub.operator.registry.Registry;
import io.apihub.operator.registry.RegistryKey;
import io.apihub.operator.registry.RegistryRow.ModelRow;
import io.apihub.operator.registry.RegistryUnavailableException;
import io.apihub.policy.v1.Model;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the registry's models to what is wanted, on the leader only. Not safe for use by several
 * threads, but for {@link #inForce}.
 */
final class ModelRows {

    private static final Logger LOG = LoggerFactory.getLogger(ModelRows.class);

    private final Registry registry;
    private final Supplier<Set<String>> stored;
    private final BooleanSupplier leading;
    private final Map<String, ModelsInForce.Row> written = new HashMap<>();
    private final Set<String> inherited = new HashSet<>();
    private boolean swept;
    private long withdrawn;
    private volatile ModelsInForce inForce = ModelsInForce.UNKNOWN;

    /**
     * Writes to {@code registry}.
     *
     * @param stored the names of the models that are in force in the registry
     * @param leading whether this replica may write
     */
    ModelRows(Registry registry, Supplier<Set<String>> stored, BooleanSupplier leading) {
        this.registry = registry;
        this.stored = stored;
        this.leading = leading;
    }

    /**
     * Writes what differs from what was written last.
     *
     * @param planned the names of all models that are declared; one whose pools do not serve yet,
     *     as after a restart, keeps the row that an earlier leader wrote
     * @return whether the registry has it all; if not, call again
     */
    boolean write(Map<String, Model> wanted, Set<String> planned) {
        if (!leading.getAsBoolean()) {
            written.clear();
            inherited.clear();
            swept = false;
            withdrawn = 0;
            inForce = ModelsInForce.UNKNOWN;
            return true;
        }
        try {
            remove(wanted.keySet(), planned);
            put(wanted.values().stream().filter(model -> !isWritten(model)).toList());
            return true;
        } catch (RegistryUnavailableException e) {
            LOG.warn("can't write models: {}", e.getMessage());
        } catch (FencedException e) {
            LOG.warn("another leader writes models: {}", e.getMessage());
        } finally {
            inForce =
                    swept
                            ? new ModelsInForce(written, inherited, withdrawn)
                            : ModelsInForce.UNKNOWN;
        }
        return false;
    }

    /** What the registry has now, as far as this leader knows. */
    ModelsInForce inForce() {
        return inForce;
    }

    private boolean isWritten(Model model) {
        ModelsInForce.Row row = written.get(model.getName());
        return row != null && row.model().equals(model);
    }

    /** All at once: the registry makes one transaction of what waits for it. */
    private void put(List<Model> changed) {
        List<Future<Outcome>> puts = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            changed.forEach(
                    model -> puts.add(threads.submit(() -> registry.put(new ModelRow(model)))));
        }
        for (int i = 0; i < puts.size(); i++) {
            Future<Outcome> put = puts.get(i);
            if (put.state() == Future.State.FAILED) {
                throw failure(put.exceptionNow());
            }
            enter(changed.get(i), put.resultNow());
        }
    }

    private void enter(Model model, Outcome outcome) {
        if (!(outcome instanceof InForce row)) {
            throw new IllegalStateException("a model can't be refused so: " + outcome);
        }
        written.put(model.getName(), new ModelsInForce.Row(model, row.revision()));
    }

    private static RuntimeException failure(Throwable cause) {
        return cause instanceof RuntimeException expected
                ? expected
                : new IllegalStateException("a model can't be written", cause);
    }

    private void remove(Set<String> wanted, Set<String> planned) {
        if (!swept) {
            // What an earlier leader wrote, perhaps deleted while nobody watched.
            inherited.addAll(stored.get());
            swept = true;
        }
        inherited.removeIf(written::containsKey);
        for (String name : List.copyOf(inherited)) {
            if (!wanted.contains(name) && !planned.contains(name)) {
                withdraw(name);
                inherited.remove(name);
            }
        }
        written.keySet().stream()
                .filter(name -> !wanted.contains(name))
                .toList()
                .forEach(name -> {
                    withdraw(name);
                    written.remove(name);
                });
    }

    private void withdraw(String name) {
        if (registry.remove(RegistryKey.model(name)) instanceof Absent gone) {
            withdrawn = Math.max(withdrawn, gone.revision());
        }
    }
}
