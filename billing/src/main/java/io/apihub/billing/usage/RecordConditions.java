package io.apihub.billing.usage;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The WHERE clause of a filter on billing.usage. */
final class RecordConditions {

    private RecordConditions() {}

    static Conditions of(UsageFilter filter) {
        var traits = filter.traits();
        return new Conditions()
                .and("tenant_id = ?", filter.tenantId())
                .and("key_uid = ?", filter.keyUid())
                .and("model = ?", filter.model())
                .and("hold_id >= ?", floor(filter.from()))
                .and("day >= ?", day(filter.from()))
                .and("hold_id < ?", floor(filter.to()))
                .and("day <= ?", day(filter.to()))
                .and("outcome = ?", traits.outcome())
                .and("status >= ?", traits.leastStatus())
                .and("status <= ?", traits.mostStatus())
                .and("dialect = ?", traits.dialect())
                .and("stream = ?", traits.stream())
                .and("estimated = ?", traits.estimated());
    }

    /** The least id that a hold of this instant or a later one may have. */
    private static @Nullable UUID floor(@Nullable Instant instant) {
        return instant == null ? null : new UUID(instant.toEpochMilli() << 16, 0);
    }

    private static @Nullable LocalDate day(@Nullable Instant instant) {
        return instant == null ? null : LocalDate.ofInstant(instant, ZoneOffset.UTC);
    }
}
