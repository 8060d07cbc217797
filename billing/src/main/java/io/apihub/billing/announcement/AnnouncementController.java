package io.apihub.billing.announcement;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.announcement.Announcement.Severity;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.EntityTags;
import io.apihub.billing.rest.IdempotentAnswers;
import io.apihub.billing.rest.Pages;
import io.apihub.billing.rest.Replies;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What administrators tell everybody. */
@RestController
@Tag(name = "Announcements")
class AnnouncementController {

    private static final int MOST_SHOWN = 100;

    private final Announcements announcements;
    private final AuditLog audit;
    private final TransactionTemplate transactions;
    private final InstantSource clock;
    private final IdempotentAnswers answers;
    private final EntityTags tags;

    AnnouncementController(
            Announcements announcements,
            AuditLog audit,
            TransactionTemplate transactions,
            InstantSource clock,
            Replies replies) {
        this.announcements = announcements;
        this.audit = audit;
        this.transactions = transactions;
        this.clock = clock;
        this.answers = replies.answers();
        this.tags = replies.tags();
    }

    /**
     * Something to tell.
     *
     * @param title 1 to 200 characters
     * @param text 1 to 4,000 characters, of more than one line perhaps; readers show it as it is,
     *     and nothing in it is markup
     * @param titleZh the same in Chinese; both or none
     * @param textZh absent: who reads Chinese sees the English too
     * @param from when it begins to be shown; now if absent
     * @param until when it ends; absent: when it is removed
     */
    record NewAnnouncement(
            @Nullable Severity severity,
            @Nullable String title,
            @Nullable String text,
            @Nullable String titleZh,
            @Nullable String textZh,
            @Nullable Instant from,
            @Nullable Instant until) {}

    /** What is told. */
    record AnnouncementView(
            String id,
            Severity severity,
            String title,
            String text,
            @Nullable String titleZh,
            @Nullable String textZh,
            Instant from,
            @Nullable Instant until,
            Instant createdAt) {

        static AnnouncementView of(Announcement announcement) {
            var content = announcement.content();
            var chinese = content.chinese();
            return new AnnouncementView(
                    String.valueOf(announcement.id()),
                    content.severity(),
                    content.english().title(),
                    content.english().text(),
                    chinese == null ? null : chinese.title(),
                    chinese == null ? null : chinese.text(),
                    content.from(),
                    content.until(),
                    announcement.createdAt());
        }
    }

    /** What is to be shown now: the most severe first, of these the latest; 100 at most. */
    record ShownAnnouncements(List<AnnouncementView> items) {}

    @Operation(summary = "What administrators tell everybody now")
    @Permit(Level.SIGNED_IN)
    @GetMapping("/api/v1/announcements/current")
    ShownAnnouncements current() {
        return new ShownAnnouncements(
                announcements.shown(clock.instant(), MOST_SHOWN).stream()
                        .map(AnnouncementView::of)
                        .toList());
    }

    /**
     * A page, newest first.
     *
     * @param nextCursor for the next page; absent on the last
     */
    record AnnouncementPage(List<AnnouncementView> items, @Nullable String nextCursor) {}

    @Operation(summary = "All announcements, those of the past and to come too, newest first")
    @Permit(Level.ADMINISTRATOR)
    @GetMapping("/api/v1/announcements")
    AnnouncementPage list(
            @Parameter(description = "nextCursor of the page before")
                    @RequestParam(required = false)
                    @Nullable String cursor,
            @Parameter(description = "1 to 500") @RequestParam(defaultValue = "100") int limit) {
        var size = Pages.limit(limit);
        var rows =
                announcements.before(
                        cursor == null ? Long.MAX_VALUE : Pages.number(cursor), size + 1);
        var page = Pages.page(rows, size);
        return new AnnouncementPage(page.items(AnnouncementView::of), page.next(row -> row.id()));
    }

    @Operation(summary = "One announcement")
    @Permit(Level.ADMINISTRATOR)
    @GetMapping("/api/v1/announcements/{id}")
    ResponseEntity<AnnouncementView> get(@PathVariable long id) {
        return tags.answer(
                announcements
                        .find(id)
                        .map(AnnouncementView::of)
                        .orElseThrow(AnnouncementController::unknown));
    }

    @Operation(summary = "Tell everybody something")
    @ApiResponse(
            responseCode = "201",
            description = "Made; with the header Idempotency-Replayed: true, made before",
            content = @Content(schema = @Schema(implementation = AnnouncementView.class)))
    @Permit(Level.ADMINISTRATOR)
    @PostMapping("/api/v1/announcements")
    ResponseEntity<String> create(
            @Parameter(description = IdempotentAnswers.OPTIONAL)
                    @RequestHeader(name = "Idempotency-Key", required = false)
                    @Nullable String key,
            @RequestBody NewAnnouncement wanted,
            @Parameter(hidden = true) Caller administrator) {
        var content = AnnouncementFields.content(wanted, clock.instant());
        return answers.once(
                administrator.name(),
                key,
                Arrays.asList("announcement", wanted),
                () ->
                        new IdempotentAnswers.Answer(
                                HttpStatus.CREATED.value(),
                                recorded(
                                        administrator,
                                        "announcement.created",
                                        announcements.add(content, administrator.name()))));
    }

    @Operation(summary = "Say something else instead")
    @Permit(Level.ADMINISTRATOR)
    @PutMapping("/api/v1/announcements/{id}")
    ResponseEntity<AnnouncementView> change(
            @PathVariable long id,
            @Parameter(description = EntityTags.IF_MATCH)
                    @RequestHeader(name = "If-Match", required = false)
                    @Nullable String ifMatch,
            @RequestBody NewAnnouncement wanted,
            @Parameter(hidden = true) Caller administrator) {
        return tags.answer(
                transactions.execute(status -> {
                    var before = locked(id, ifMatch);
                    var content = AnnouncementFields.content(wanted, before.content().from());
                    return before.content().equals(content)
                            ? AnnouncementView.of(before)
                            : recorded(
                                    administrator,
                                    "announcement.changed",
                                    announcements.change(id, content));
                }));
    }

    @Operation(summary = "Remove an announcement")
    @Permit(Level.ADMINISTRATOR)
    @DeleteMapping("/api/v1/announcements/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(
            @PathVariable long id,
            @Parameter(description = EntityTags.IF_MATCH)
                    @RequestHeader(name = "If-Match", required = false)
                    @Nullable String ifMatch,
            @Parameter(hidden = true) Caller administrator) {
        transactions.executeWithoutResult(status -> {
            var before = locked(id, ifMatch);
            announcements.remove(id);
            recorded(administrator, "announcement.removed", before);
        });
    }

    private Announcement locked(long id, @Nullable String ifMatch) {
        var found = announcements.lock(id).orElseThrow(AnnouncementController::unknown);
        tags.check(ifMatch, AnnouncementView.of(found));
        return found;
    }

    private static Refused unknown() {
        return new Refused(Problem.notFound("There is no announcement with this id."));
    }

    /** With what it says: the log has it when the announcement is gone. */
    private AnnouncementView recorded(Caller caller, String action, Announcement announcement) {
        var content = announcement.content();
        audit.record(
                caller,
                action,
                "announcement/" + announcement.id(),
                Map.of(
                        "severity", content.severity().name(),
                        "title", content.english().title(),
                        "text", content.english().text()));
        return AnnouncementView.of(announcement);
    }
}
