package io.apihub.billing.payment;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Whether a notice of version 2 is dated as platforms date them: now, also when they tell again.
 * Version 1 has no dates.
 */
final class NoticeAge {

    private static final Duration OLDEST = Duration.ofHours(24);
    private static final Duration SKEW = Duration.ofMinutes(5);
    private static final Pattern SECONDS = Pattern.compile("[0-9]{10}");

    private NoticeAge() {}

    static boolean isOdd(Map<String, String> fields, Instant now) {
        var text = fields.get("timestamp");
        if (text == null) {
            return false;
        }
        if (!SECONDS.matcher(text).matches()) {
            return true;
        }
        var dated = Instant.ofEpochSecond(Long.parseLong(text));
        return dated.isBefore(now.minus(OLDEST).minus(SKEW)) || dated.isAfter(now.plus(SKEW));
    }
}
