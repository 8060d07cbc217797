package io.apihub.billing.budget;

import java.util.List;

/** Which window runs, given those that were counted already. */
public final class Windows {

    private Windows() {}

    /**
     * The window that an instant is in. One that was begun runs to its end, whatever the zone is
     * now; after it the calendar of the zone of now counts, from where the last one ended.
     */
    public static Span running(Limit limit, List<Span> begun, long millis) {
        for (var span : begun) {
            if (span.contains(millis)) {
                return span;
            }
        }
        var calendar = limit.window().around(millis, limit.zone());
        long start = calendar.startMillis();
        long end = calendar.endMillis();
        for (var span : begun) {
            if (span.endMillis() <= millis) {
                start = Math.max(start, span.endMillis());
            } else {
                // Begun early, in another zone: it runs from its start.
                end = Math.min(end, span.startMillis());
            }
        }
        return new Span(start, end);
    }
}
