package io.apihub.billing.insight;

import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.Csv;
import io.apihub.billing.usage.UsageEntry;
import io.apihub.billing.usage.UsageFilter;
import io.apihub.billing.usage.UsageReports;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Writes records as CSV, a thousand at a time from where the last thousand ended: a slow reader
 * holds neither a connection of the pool nor a snapshot of the database, and memory stays constant.
 */
@Component
class UsageExport {

    private static final int CHUNK = 1_000;

    private final UsageReports reports;
    private final UsageViews views;
    private final ExportTurns turns = new ExportTurns();

    UsageExport(UsageReports reports, UsageViews views) {
        this.reports = reports;
        this.views = views;
    }

    /**
     * What somebody wants.
     *
     * @param owner who
     * @param mark begin with a byte order mark
     */
    record Wish(String owner, UsageFilter filter, boolean mark) {}

    /**
     * Writes all of them. What goes wrong on the way breaks the connection, so that half a file is
     * not taken for a whole one.
     *
     * @throws Refused 429 if too many exports run, of this one or of all
     */
    void write(Wish wish, HttpServletResponse response) throws IOException {
        try (var _ = turns.take(wish.owner())) {
            var first = reports.records(wish.filter(), null, CHUNK);
            response.setContentType("text/csv");
            response.setCharacterEncoding("UTF-8");
            response.setHeader("Content-Disposition", "attachment; filename=\"usage.csv\"");
            response.setHeader("Cache-Control", "no-store");
            var csv = new Csv(response.getWriter());
            if (wish.mark()) {
                csv.mark();
            }
            csv.row(UsageRow.NAMES);
            var chunk = first;
            while (!chunk.isEmpty()) {
                for (var view : views.ofTenant(chunk)) {
                    csv.row(UsageRow.of(view));
                }
                chunk = next(wish.filter(), chunk.size() < CHUNK ? null : chunk.getLast().holdId());
            }
        }
    }

    private List<UsageEntry> next(UsageFilter filter, @Nullable UUID before) {
        return before == null ? List.of() : reports.records(filter, before, CHUNK);
    }
}
