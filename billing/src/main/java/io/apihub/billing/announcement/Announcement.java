package io.apihub.billing.announcement;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One of them, as it is kept. */
record Announcement(long id, Content content, String author, Instant createdAt) {

    /** How much it matters, the least first. */
    enum Severity {
        INFO,
        WARNING,
        CRITICAL
    }

    /**
     * What it says, and when.
     *
     * @param chinese null: who reads Chinese sees the English too
     * @param from when it begins to be shown
     * @param until first instant at which it is not shown any more; null: it is until it is removed
     */
    record Content(
            Severity severity,
            Words english,
            @Nullable Words chinese,
            Instant from,
            @Nullable Instant until) {}

    /** In one language. */
    record Words(String title, String text) {}
}
