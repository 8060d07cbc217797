package io.apihub.operator.registry;

import com.google.protobuf.InvalidProtocolBufferException;
import io.apihub.operator.registry.GroupedWriter.Put;
import io.apihub.operator.registry.GroupedWriter.Remove;
import io.apihub.operator.registry.GroupedWriter.Write;
import io.apihub.policy.v1.ApiKey;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/** The registry in Postgres, as the leader of one term writes it. */
public final class PostgresRegistry implements Registry, AutoCloseable {

    /** Long enough to group a burst, far below what a person or a test notices. */
    private static final int LINGER_MILLIS = 5;

    private final DataSource database;
    private final String cluster;
    private final long term;
    private final GroupedWriter bulk;
    private final GroupedWriter revocations;
    private final KnownRows known = new KnownRows();

    /**
     * Starts to write.
     *
     * @param database connections as the role that owns the right to write
     * @param term the leader's; all writes fail once a higher one was seen
     */
    public PostgresRegistry(DataSource database, String cluster, long term) {
        this.database = database;
        this.cluster = cluster;
        this.term = term;
        this.bulk = new GroupedWriter("registry-bulk", LINGER_MILLIS, this::commit);
        this.revocations = new GroupedWriter("registry-revocations", 0, this::commit);
    }

    /**
     * Reads what is in force, so that what has not changed since an earlier leader needs no
     * transaction. Once, before the first write.
     *
     * @throws RegistryUnavailableException if Postgres can't be reached; retry
     */
    public void recall() {
        try (var connection = database.getConnection()) {
            connection.setAutoCommit(false);
            known.read(connection, cluster);
            connection.commit();
        } catch (SQLException e) {
            throw new RegistryUnavailableException("read what is in force", e);
        }
    }

    @Override
    public Outcome put(RegistryRow row) {
        var unchanged = known.take(row);
        if (unchanged.isPresent()) {
            return unchanged.get();
        }
        return (row.revokes() ? revocations : bulk).write(new Put(row));
    }

    @Override
    public Outcome remove(RegistryKey key) {
        known.forget(key);
        return revocations.write(new Remove(key));
    }

    /**
     * What gateways get of a key that is in force; empty if there is none of this uid.
     *
     * @throws RegistryUnavailableException if Postgres can't be reached; retry
     */
    public Optional<ApiKey> findKey(UUID uid) {
        try (var connection = database.getConnection()) {
            for (var row :
                    StoredRow.read(connection, cluster, RegistryKind.API_KEY, List.of(uid))) {
                if (row.deletedAt() == null) {
                    return Optional.of(ApiKey.parseFrom(row.policy()));
                }
            }
            return Optional.empty();
        } catch (SQLException e) {
            throw new RegistryUnavailableException("read key " + uid, e);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the row of key " + uid + " holds no ApiKey", e);
        }
    }

    /** Writes that wait for a transaction. */
    public int waiting() {
        return bulk.waiting() + revocations.waiting();
    }

    private List<Outcome> commit(List<Write> writes) {
        try (var connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                var outcomes = new RegistryTransaction(connection, cluster, term).run(writes);
                connection.commit();
                return outcomes;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        } catch (SQLException e) {
            throw new RegistryUnavailableException("write " + writes.size() + " rows", e);
        }
    }

    @Override
    public void close() {
        bulk.close();
        revocations.close();
    }
}
