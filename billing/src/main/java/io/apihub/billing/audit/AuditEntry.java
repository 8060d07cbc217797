package io.apihub.billing.audit;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A line of the log. */
record AuditEntry(
        long id,
        Instant at,
        String actor,
        @Nullable UUID user,
        String action,
        String subject,
        Map<String, String> detail) {}
