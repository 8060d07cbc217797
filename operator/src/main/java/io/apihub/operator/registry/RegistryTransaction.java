package io.apihub.operator.registry;

import io.apihub.operator.registry.GroupedWriter.Put;
import io.apihub.operator.registry.GroupedWriter.Remove;
import io.apihub.operator.registry.GroupedWriter.Write;
import io.apihub.operator.registry.Outcome.Absent;
import io.apihub.operator.registry.Outcome.InForce;
import io.apihub.operator.registry.Outcome.Outdated;
import io.apihub.operator.registry.Outcome.Refusal;
import io.apihub.operator.registry.Outcome.Refused;
import io.apihub.operator.registry.RegistryRow.PriceBookRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One group of writes on one connection: lock the head, read, decide, write, move the head. */
final class RegistryTransaction {

    private final Connection connection;
    private final HeadRow head;
    private final Map<RegistryKey, Outcome> outcomes = new HashMap<>();
    private final Map<RegistryKind, List<RegistryRow>> changed = new LinkedHashMap<>();
    private final List<StoredRow> removed = new ArrayList<>();
    private final List<RegistryRow> newGeneration = new ArrayList<>();

    RegistryTransaction(Connection connection, String cluster, long term) throws SQLException {
        this.connection = connection;
        this.head = HeadRow.lock(connection, cluster, term);
    }

    /** Answers in the order of {@code writes}; the caller commits. */
    List<Outcome> run(List<Write> writes) throws SQLException {
        var stored = readStored(writes);
        for (var write : writes) {
            decide(write, stored.get(write.key()));
        }
        var rows = new RowWriter(connection, head);
        boolean moved = false;
        for (var entry : changed.entrySet()) {
            moved |= writeAccepted(entry.getKey(), entry.getValue(), stored, rows);
        }
        rows.bury(removed);
        rows.noteGenerations(newGeneration);
        if (moved || !removed.isEmpty()) {
            head.advance(connection);
        }
        return writes.stream()
                .map(write -> outcomes.getOrDefault(write.key(), new Absent()))
                .toList();
    }

    private Map<RegistryKey, StoredRow> readStored(List<Write> writes) throws SQLException {
        var uids = new LinkedHashMap<RegistryKind, List<UUID>>();
        for (var write : writes) {
            uids.computeIfAbsent(write.key().kind(), kind -> new ArrayList<>())
                    .add(write.key().uid());
        }
        var stored = new HashMap<RegistryKey, StoredRow>();
        for (var entry : uids.entrySet()) {
            for (var row :
                    StoredRow.read(connection, head.cluster(), entry.getKey(), entry.getValue())) {
                stored.put(row.key(), row);
            }
        }
        return stored;
    }

    private void decide(Write write, @Nullable StoredRow stored) {
        switch (write) {
            case Put(RegistryRow row) -> decidePut(row, stored);
            case Remove(RegistryKey key) -> {
                // A book outlives its resource: bills refer to it.
                if (stored != null
                        && stored.deletedAt() == null
                        && key.kind() != RegistryKind.PRICE_BOOK) {
                    removed.add(stored);
                    outcomes.put(key, new Absent(head.nextRevision()));
                }
            }
        }
    }

    private void decidePut(RegistryRow row, @Nullable StoredRow stored) {
        if (stored == null || row instanceof PriceBookRow) {
            change(row);
        } else if (stored.deletedAt() != null) {
            if (row.key().kind() == RegistryKind.MODEL) {
                change(row);
            } else {
                outcomes.put(
                        row.key(), new Refused(Refusal.DELETED, stored.deletedAt().toString()));
            }
        } else if (stored.generation() > row.generation()) {
            outcomes.put(row.key(), new Outdated());
        } else if (Arrays.equals(stored.fingerprint(), Fingerprint.of(row))) {
            outcomes.put(row.key(), new InForce(stored.revision(), stored.changedAt(), false));
            if (stored.generation() < row.generation()) {
                newGeneration.add(row);
            }
        } else {
            change(row);
        }
    }

    private void change(RegistryRow row) {
        changed.computeIfAbsent(row.key().kind(), kind -> new ArrayList<>()).add(row);
    }

    /** Whether a revision was used. */
    private boolean writeAccepted(
            RegistryKind kind,
            List<RegistryRow> rows,
            Map<RegistryKey, StoredRow> stored,
            RowWriter writer)
            throws SQLException {
        if (kind == RegistryKind.PRICE_BOOK) {
            return acceptBooks(rows);
        }
        var refused = new Refusals(connection, head.cluster()).of(kind, rows, stored);
        outcomes.putAll(refused);
        var accepted = rows.stream().filter(row -> !refused.containsKey(row.key())).toList();
        writer.write(accepted, stored);
        for (var row : accepted) {
            outcomes.put(row.key(), new InForce(head.nextRevision(), head.now(), true));
        }
        return !accepted.isEmpty();
    }

    private boolean acceptBooks(List<RegistryRow> rows) throws SQLException {
        var books = new PriceBooks(connection, head);
        boolean accepted = false;
        for (var row : rows) {
            var outcome = books.put((PriceBookRow) row);
            outcomes.put(row.key(), outcome);
            accepted |= isNew(outcome);
        }
        return accepted;
    }

    private boolean isNew(Outcome outcome) {
        return outcome
                        instanceof
                        Outcome.Accepted(long revision, Instant at, long version, Instant from)
                && revision == head.nextRevision();
    }
}
