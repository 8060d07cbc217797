package io.apihub.billing.pricing;

import io.apihub.model.price.ModelPattern;
import io.apihub.model.price.ModelPrice;
import io.apihub.model.price.PriceSheet;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The accepted price books, from the operator's registry. A version never changes. */
@Component
public class PriceBooks {

    /** Versions kept in memory; requests in flight name two or three. */
    private static final int CACHED = 64;

    private final JdbcTemplate jdbc;
    private final Map<Long, PriceSheet> cache = new ConcurrentHashMap<>();

    PriceBooks(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** An accepted book. */
    public record Book(String name, Instant effectiveFrom, PriceSheet sheet) {}

    /** The book of a version, as a hold names it; empty if there never was one. */
    public Optional<PriceSheet> version(long version) {
        var cached = cache.get(version);
        if (cached != null) {
            return Optional.of(cached);
        }
        var read = books("WHERE version = ?", version).stream().findFirst().map(Book::sheet);
        if (cache.size() >= CACHED) {
            cache.clear();
        }
        read.ifPresent(sheet -> cache.put(version, sheet));
        return read;
    }

    /** The book in force at an instant: the latest start, then the first that was accepted. */
    public Optional<Book> inForce(Instant at) {
        return books(
                        "WHERE in_force_from <= ? ORDER BY in_force_from DESC, version LIMIT 1",
                        OffsetDateTime.ofInstant(at, ZoneOffset.UTC))
                .stream()
                .findFirst();
    }

    /**
     * Two queries after each other, never one within the other: that would need two connections.
     */
    private List<Book> books(String which, Object parameter) {
        var headers =
                jdbc.query(
                        "SELECT name, version, currency, effective_from, in_force_from"
                                + " FROM registry.price_book "
                                + which,
                        (row, number) ->
                                new Header(
                                        row.getString("name"),
                                        row.getLong("version"),
                                        row.getString("currency"),
                                        instant(row, "effective_from"),
                                        instant(row, "in_force_from")),
                        parameter);
        return headers.stream()
                .map(header ->
                        new Book(
                                header.name(),
                                header.effectiveFrom(),
                                new PriceSheet(
                                        header.version(),
                                        header.currency(),
                                        header.inForceFrom(),
                                        prices(header.version()))))
                .toList();
    }

    private record Header(
            String name,
            long version,
            String currency,
            Instant effectiveFrom,
            Instant inForceFrom) {}

    private List<ModelPrice> prices(long version) {
        return jdbc.query(
                "SELECT * FROM registry.price WHERE version = ? ORDER BY ordinal",
                (row, number) ->
                        new ModelPrice(
                                new ModelPattern(row.getString("model")),
                                row.getLong("input"),
                                row.getLong("cached_input"),
                                row.getLong("cache_write"),
                                row.getLong("cache_write_1h"),
                                row.getLong("output"),
                                row.getLong("per_request"),
                                row.getBoolean("priced_per_request")),
                version);
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
