package io.apihub.operator.limit;

import io.apihub.operator.registry.LimitState;
import io.apihub.operator.registry.LimitState.Counter;
import io.apihub.operator.registry.LimitStateSource;
import io.apihub.operator.registry.RegistryUnavailableException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** billing's table, with a clock of its own. */
final class FakeLimitStates implements LimitStateSource {

    private final Map<Counter, Row> rows = new LinkedHashMap<>();
    private Instant now = Instant.parse("2026-11-23T10:00:00Z");
    private boolean away;

    Instant now() {
        return now;
    }

    void pass(long seconds) {
        now = now.plusSeconds(seconds);
    }

    void away(boolean away) {
        this.away = away;
    }

    void write(LimitState state) {
        writeLate(state, 0);
    }

    /** As a transaction does that began some seconds before it commits. */
    void writeLate(LimitState state, long seconds) {
        rows.put(state.counter(), new Row(state, now.minusSeconds(seconds)));
    }

    /** As if it had never been: only a whole reading can tell. */
    void lose(LimitState state) {
        rows.remove(state.counter());
    }

    @Override
    public Reading holding() {
        check();
        return new Reading(
                now,
                rows.values().stream().map(Row::state).filter(state -> state.holds(now)).toList());
    }

    @Override
    public Reading changedSince(Instant since) {
        check();
        return new Reading(
                now,
                rows.values().stream()
                        .filter(row -> !row.changedAt.isBefore(since))
                        .map(Row::state)
                        .toList());
    }

    private void check() {
        if (away) {
            throw new RegistryUnavailableException("read", new SQLException("away"));
        }
    }

    private record Row(LimitState state, Instant changedAt) {}
}
