package io.apihub.operator.registry;

import com.google.protobuf.InvalidProtocolBufferException;
import io.apihub.operator.registry.Outcome.Accepted;
import io.apihub.operator.registry.Outcome.Refusal;
import io.apihub.operator.registry.Outcome.Refused;
import io.apihub.operator.registry.RegistryRow.PriceBookRow;
import io.apihub.policy.v1.PriceBook;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/** Accepts price books: once, for good. */
final class PriceBooks {

    private static final String KNOWN =
            """
            SELECT name, revision, changed_at, version, in_force_from, policy
            FROM registry.price_book WHERE cluster = ? AND (uid = ? OR effective_from = ?)
            ORDER BY uid = ? DESC
            """;

    private static final String INSERT =
            """
            INSERT INTO registry.price_book (cluster, uid, generation, revision, term, changed_at,
                fingerprint, policy, name, version, currency, effective_from, accepted_at, in_force_from)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String INSERT_PRICE =
            """
            INSERT INTO registry.price (version, ordinal, model, input, cached_input, cache_write,
                cache_write_1h, output, per_request, priced_per_request)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private final Connection connection;
    private final HeadRow head;

    PriceBooks(Connection connection, HeadRow head) {
        this.connection = connection;
        this.head = head;
    }

    Outcome put(PriceBookRow row) throws SQLException {
        var known = known(row);
        return known.isPresent() ? known.get() : accept(row);
    }

    /** The same book (by uid, or applied again), or another one in its place. */
    private Optional<Outcome> known(PriceBookRow row) throws SQLException {
        try (var statement = connection.prepareStatement(KNOWN)) {
            statement.setString(1, head.cluster());
            statement.setObject(2, row.key().uid());
            statement.setTimestamp(3, Timestamp.from(row.effectiveFrom()));
            statement.setObject(4, row.key().uid());
            var found = statement.executeQuery();
            if (!found.next()) {
                return Optional.empty();
            }
            var book = parse(found.getBytes(6));
            boolean same = book.getUid().equals(row.policy().getUid()) || samePrices(book, row);
            return Optional.of(
                    same
                            ? new Accepted(
                                    found.getLong(2),
                                    found.getObject(3, OffsetDateTime.class).toInstant(),
                                    found.getLong(4),
                                    found.getObject(5, OffsetDateTime.class).toInstant())
                            : new Refused(Refusal.SAME_INSTANT, found.getString(1)));
        }
    }

    private static boolean samePrices(PriceBook book, PriceBookRow row) {
        return book.getCurrency().equals(row.policy().getCurrency())
                && book.getPricesList().equals(row.policy().getPricesList());
    }

    private static PriceBook parse(byte[] policy) {
        try {
            return PriceBook.parseFrom(policy);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("registry.price_book holds no PriceBook message", e);
        }
    }

    private Accepted accept(PriceBookRow row) throws SQLException {
        long version = nextVersion();
        var now = head.now();
        var from = row.effectiveFrom().isAfter(now) ? row.effectiveFrom() : now;
        var book =
                row.policy().toBuilder()
                        .setVersion(version)
                        // Rounded up: gateways must not use the book before billing does.
                        .setInForceFromMillis(ceilMillis(from))
                        .build();
        insert(row, book, from);
        insertPrices(book);
        return new Accepted(head.nextRevision(), now, version, from);
    }

    private static long ceilMillis(Instant instant) {
        return instant.plusNanos(999_999).toEpochMilli();
    }

    private long nextVersion() throws SQLException {
        try (var statement =
                connection.prepareStatement("SELECT nextval('registry.price_book_version')")) {
            var version = statement.executeQuery();
            version.next();
            return version.getLong(1);
        }
    }

    private void insert(PriceBookRow row, PriceBook book, Instant from) throws SQLException {
        try (var statement = connection.prepareStatement(INSERT)) {
            statement.setString(1, head.cluster());
            statement.setObject(2, row.key().uid());
            statement.setLong(3, row.generation());
            statement.setLong(4, head.nextRevision());
            statement.setLong(5, head.term());
            statement.setTimestamp(6, Timestamp.from(head.now()));
            statement.setBytes(7, Fingerprint.of(row));
            statement.setBytes(8, book.toByteArray());
            statement.setString(9, book.getName());
            statement.setLong(10, book.getVersion());
            statement.setString(11, book.getCurrency());
            statement.setTimestamp(12, Timestamp.from(row.effectiveFrom()));
            statement.setTimestamp(13, Timestamp.from(head.now()));
            statement.setTimestamp(14, Timestamp.from(from));
            statement.executeUpdate();
        }
    }

    private void insertPrices(PriceBook book) throws SQLException {
        try (var statement = connection.prepareStatement(INSERT_PRICE)) {
            for (int i = 0; i < book.getPricesCount(); i++) {
                bindPrice(statement, book, i);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private static void bindPrice(PreparedStatement statement, PriceBook book, int ordinal)
            throws SQLException {
        var price = book.getPrices(ordinal);
        statement.setLong(1, book.getVersion());
        statement.setInt(2, ordinal);
        statement.setString(3, price.getModel());
        statement.setLong(4, price.getInput());
        statement.setLong(5, price.getCachedInput());
        statement.setLong(6, price.getCacheWrite());
        statement.setLong(7, price.getCacheWrite1H());
        statement.setLong(8, price.getOutput());
        statement.setLong(9, price.getPerRequest());
        statement.setBoolean(10, price.getPricedPerRequest());
    }
}
