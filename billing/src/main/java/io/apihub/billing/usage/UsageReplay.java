package io.apihub.billing.usage;

import io.apihub.billing.budget.QuotaReplay;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Feeds stored usage to a replay, oldest first, some thousands at a time. */
@Component
public class UsageReplay {

    /** Records that are replayed at most; a few seconds' work. */
    public static final int MOST = 500_000;

    private static final int CHUNK = 10_000;

    private final JdbcTemplate jdbc;

    UsageReplay(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Replays what the filter is about; requests that failed upstream counted nothing and are left
     * out.
     *
     * @return false if there was more than {@link #MOST}
     */
    public boolean run(UsageFilter filter, QuotaReplay replay) {
        @Nullable UUID after = null;
        int taken = 0;
        int chunk = CHUNK;
        while (chunk == CHUNK && taken < MOST) {
            var last = new UUID[1];
            var conditions =
                    RecordConditions.of(filter)
                            .and("hold_id > ?", after)
                            .and("outcome <> ?", "voided");
            int before = taken;
            taken += chunk(conditions, replay, last);
            chunk = taken - before;
            after = chunk == 0 ? after : last[0];
        }
        return chunk < CHUNK;
    }

    private int chunk(Conditions conditions, QuotaReplay replay, UUID[] last) {
        return jdbc.query(
                        "SELECT hold_id, at, key_uid, model, started_at, finished_at, input_tokens +"
                                + " cached_input_tokens + cache_write_tokens + cache_write_1h_tokens"
                                + " AS input, output_tokens, cost_micros, hold_micros FROM"
                                + " billing.usage"
                                + conditions.sql()
                                + " ORDER BY day, hold_id LIMIT "
                                + CHUNK,
                        (row, number) -> {
                            last[0] = row.getObject("hold_id", UUID.class);
                            replay.take(request(row));
                            return number;
                        },
                        conditions.parameters())
                .size();
    }

    private static QuotaReplay.Request request(ResultSet row) throws SQLException {
        long at = millis(row, "at", 0);
        long took = millis(row, "finished_at", at) - millis(row, "started_at", at);
        return new QuotaReplay.Request(
                row.getObject("key_uid", UUID.class),
                row.getString("model"),
                at,
                at + Math.clamp(took, 0, Duration.ofDays(1).toMillis()),
                row.getLong("input"),
                row.getLong("output_tokens"),
                row.getLong("cost_micros"),
                row.getLong("hold_micros"));
    }

    private static long millis(ResultSet row, String column, long otherwise) throws SQLException {
        var time = row.getObject(column, OffsetDateTime.class);
        return time == null ? otherwise : time.toInstant().toEpochMilli();
    }
}
