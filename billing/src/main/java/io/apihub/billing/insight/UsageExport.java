package io.apihub.billing.insight;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.Csv;
import io.apihub.billing.usage.UsageEntry;
import io.apihub.billing.usage.UsageFilter;
import io.apihub.billing.usage.UsageReports;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Writes records as CSV, a thousand at a time from where the last thousand ended: a slow reader
 * holds neither a connection of the pool nor a snapshot of the database, and memory stays constant.
 */
@Component
class UsageExport {

    private static final int CHUNK = 1_000;
    private static final int MOST_AT_ONCE = 8;

    private final UsageReports reports;
    private final UsageViews views;
    private final Semaphore running = new Semaphore(MOST_AT_ONCE);

    UsageExport(UsageReports reports, UsageViews views) {
        this.reports = reports;
        this.views = views;
    }

    /**
     * Writes all of them. What goes wrong on the way breaks the connection, so that half a file is
     * not taken for a whole one.
     *
     * @throws Refused 429 if too many exports run
     */
    void write(UsageFilter filter, boolean mark, HttpServletResponse response) throws IOException {
        if (!running.tryAcquire()) {
            throw new Refused(
                    Problem.refused(
                            429,
                            "Too Many Requests",
                            "At most " + MOST_AT_ONCE + " exports run at once; try again later."));
        }
        try {
            var first = reports.records(filter, null, CHUNK);
            response.setContentType("text/csv");
            response.setCharacterEncoding("UTF-8");
            response.setHeader("Content-Disposition", "attachment; filename=\"usage.csv\"");
            response.setHeader("Cache-Control", "no-store");
            var csv = new Csv(response.getWriter());
            if (mark) {
                csv.mark();
            }
            csv.row(UsageRow.NAMES);
            var chunk = first;
            while (!chunk.isEmpty()) {
                for (var view : views.of(chunk)) {
                    csv.row(UsageRow.of(view));
                }
                chunk = next(filter, chunk.size() < CHUNK ? null : chunk.getLast().holdId());
            }
        } finally {
            running.release();
        }
    }

    private List<UsageEntry> next(UsageFilter filter, @Nullable UUID before) {
        return before == null ? List.of() : reports.records(filter, before, CHUNK);
    }
}
