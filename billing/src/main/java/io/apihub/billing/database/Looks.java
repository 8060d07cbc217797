package io.apihub.billing.database;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Whether there is anything to do, of whatever is looked for again and again: one statement asks
 * for all, and who asks soon after hears what was found then. For any thread.
 */
@Component
public class Looks {

    /** What is found is told for so long. Half a second, for most of what asks does so each. */
    static final long FRESH_NANOS = 500_000_000;

    private final JdbcTemplate jdbc;
    private final LongSupplier ticker;
    private final List<String> queries = new ArrayList<>();
    private List<Boolean> found = List.of();
    private long readAt;

    @Autowired
    Looks(JdbcTemplate jdbc) {
        this(jdbc, System::nanoTime);
    }

    Looks(JdbcTemplate jdbc, LongSupplier ticker) {
        this.jdbc = jdbc;
        this.ticker = ticker;
    }

    /**
     * Adds one.
     *
     * @param query without parameters, that has a row if there is something to do; of an index, for
     *     it is asked twice a second
     * @return whether there was anything half a second ago or since; it throws {@link
     *     org.springframework.dao.DataAccessException} if the database failed
     */
    public synchronized BooleanSupplier at(String query) {
        int number = queries.size();
        queries.add(query);
        return () -> found(number);
    }

    private synchronized boolean found(int number) {
        if (number >= found.size() || ticker.getAsLong() - readAt >= FRESH_NANOS) {
            read();
        }
        return found.get(number);
    }

    private void read() {
        long now = ticker.getAsLong();
        var sql =
                queries.stream()
                        .map(query -> "EXISTS (" + query + ")")
                        .collect(Collectors.joining(", ", "SELECT ARRAY[", "]"));
        found =
                Objects.requireNonNull(
                        jdbc.queryForObject(
                                sql,
                                (row, number) -> List.of((Boolean[]) row.getArray(1).getArray())));
        readAt = now;
    }
}
