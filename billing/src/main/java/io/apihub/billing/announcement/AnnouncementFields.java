package io.apihub.billing.announcement;

import io.apihub.billing.announcement.Announcement.Content;
import io.apihub.billing.announcement.Announcement.Words;
import io.apihub.billing.announcement.AnnouncementController.NewAnnouncement;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.Fields;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Reads what bodies say; what is refused names the field and says what is allowed. */
final class AnnouncementFields {

    private static final int MAX_TITLE = 200;
    private static final int MAX_TEXT = 4_000;
    private static final Instant FIRST = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("2200-01-01T00:00:00Z");

    private AnnouncementFields() {}

    /**
     * What an announcement shall say.
     *
     * @param now from when it is shown if the body does not say
     * @throws Refused 400
     */
    static Content content(NewAnnouncement body, Instant now) {
        var from = body.from() == null ? now : time("from", body.from());
        var until = body.until() == null ? null : time("until", body.until());
        if (until != null && !until.isAfter(from)) {
            throw new Refused(Problem.invalid("until", "Must be later than from."));
        }
        if (body.severity() == null) {
            throw new Refused(Problem.invalid("severity", "Must be INFO, WARNING or CRITICAL."));
        }
        return new Content(
                body.severity(),
                new Words(
                        Fields.name("title", body.title(), MAX_TITLE),
                        Fields.lines("text", body.text(), MAX_TEXT)),
                chinese(body),
                from.truncatedTo(ChronoUnit.MICROS),
                until == null ? null : until.truncatedTo(ChronoUnit.MICROS));
    }

    private static @Nullable Words chinese(NewAnnouncement body) {
        return body.titleZh() == null && body.textZh() == null
                ? null
                : new Words(
                        Fields.name("titleZh", body.titleZh(), MAX_TITLE),
                        Fields.lines("textZh", body.textZh(), MAX_TEXT));
    }

    private static Instant time(String field, Instant time) {
        if (time.isBefore(FIRST) || time.isAfter(LAST)) {
            throw new Refused(
                    Problem.invalid(field, "Must be between " + FIRST + " and " + LAST + "."));
        }
        return time;
    }
}
