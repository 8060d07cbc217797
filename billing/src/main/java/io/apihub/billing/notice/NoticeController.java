package io.apihub.billing.notice;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.EntityTags;
import io.apihub.billing.rest.MoneyFields;
import io.apihub.billing.rest.Pages;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What a tenant was told, and what it wants to be told. */
@RestController
@Tag(name = "Notices")
class NoticeController {

    private final TenantLookup tenants;
    private final NoticeTable notices;
    private final NoticeSettings settings;
    private final EntityTags tags;
    private final AuditLog audit;

    NoticeController(
            TenantLookup tenants,
            NoticeTable notices,
            NoticeSettings settings,
            EntityTags tags,
            AuditLog audit) {
        this.tenants = tenants;
        this.notices = notices;
        this.settings = settings;
        this.tags = tags;
        this.audit = audit;
    }

    /**
     * Something that happened.
     *
     * @param kind low-balance, plan-ending, limit-reached, payment-credited or webhook-disabled
     * @param mails how many were queued; 0 until that was done
     * @param deliveries to how many webhooks
     */
    record NoticeView(
            UUID id,
            String kind,
            Map<String, String> data,
            Instant createdAt,
            int mails,
            int deliveries) {}

    /**
     * A page, newest first.
     *
     * @param nextCursor for the next page; absent on the last
     */
    record NoticePage(List<NoticeView> items, @Nullable String nextCursor) {}

    @Operation(summary = "What a tenant was told, newest first")
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/notices")
    NoticePage list(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @Parameter(description = "nextCursor of the page before")
                    @RequestParam(required = false)
                    @Nullable String cursor,
            @Parameter(description = "1 to 500") @RequestParam(defaultValue = "100") int limit) {
        var size = Pages.limit(limit);
        var before = cursor == null ? Long.MAX_VALUE : Pages.number(cursor);
        var rows = notices.before(tenants.find(tenant).id(), before, size + 1);
        var page = Pages.page(rows, size);
        return new NoticePage(
                page.items(notice ->
                        new NoticeView(
                                notice.id(),
                                notice.kind(),
                                notice.data(),
                                notice.createdAt(),
                                notice.mails(),
                                notice.deliveries())),
                page.next(row -> row.seq()));
    }

    /**
     * What a tenant wants to be told.
     *
     * @param lowBalance below this balance it is told, once until the balance was above again;
     *     absent: never
     * @param mail kinds that owners get by mail
     * @param webhook kinds that go to webhooks
     */
    record NoticeSettingsView(
            @Nullable String lowBalance,
            @Nullable String lowBalanceMicros,
            List<String> mail,
            List<String> webhook) {}

    /**
     * The same to be set, all of it.
     *
     * @param lowBalance a decimal above zero; absent or null: never
     */
    record NewNoticeSettings(
            @Nullable String lowBalance,
            @Nullable List<String> mail,
            @Nullable List<String> webhook) {}

    @Operation(summary = "What a tenant wants to be told, and by which way")
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/notice-settings")
    ResponseEntity<NoticeSettingsView> settings(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant) {
        return tags.answer(view(settings.find(tenants.find(tenant).id())));
    }

    @Operation(
            summary = "Set what a tenant wants to be told, and by which way",
            description = "Replaces all of it. A kind that is in neither list is only recorded.")
    @Permit(Level.OWNER)
    @PutMapping("/api/v1/tenants/{tenant}/notice-settings")
    @Transactional
    public ResponseEntity<NoticeSettingsView> set(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @Parameter(description = EntityTags.IF_MATCH)
                    @RequestHeader(name = "If-Match", required = false)
                    @Nullable String ifMatch,
            @RequestBody NewNoticeSettings wanted,
            @Parameter(hidden = true) Caller caller) {
        var found = tenants.find(tenant);
        var wishes =
                new NoticeSettings.Wishes(
                        wanted.lowBalance() == null
                                ? null
                                : MoneyFields.positive("lowBalance", wanted.lowBalance()),
                        kinds("mail", wanted.mail()),
                        kinds("webhook", wanted.webhook()));
        tags.check(ifMatch, view(settings.lock(found.id())));
        settings.save(found.id(), wishes);
        audit.record(
                caller,
                "notice-settings.changed",
                "tenant/" + found.name(),
                Map.of(
                        "lowBalance",
                        wishes.lowBalance() == null ? "" : wishes.lowBalance().toDecimal(),
                        "mail",
                        String.join(",", names(wishes.byMail())),
                        "webhook",
                        String.join(",", names(wishes.byWebhook()))));
        return tags.answer(view(wishes));
    }

    private static Set<NoticeKind> kinds(String field, @Nullable List<String> names) {
        var kinds = EnumSet.noneOf(NoticeKind.class);
        if (names == null) {
            throw invalid(field);
        }
        for (var name : names) {
            kinds.add(NoticeKind.of(String.valueOf(name)).orElseThrow(() -> invalid(field)));
        }
        return kinds;
    }

    private static Refused invalid(String field) {
        return new Refused(
                Problem.invalid(
                        field,
                        "Must be a list of "
                                + String.join(", ", names(EnumSet.allOf(NoticeKind.class)))
                                + "; it may be empty."));
    }

    private static List<String> names(Collection<NoticeKind> kinds) {
        return Arrays.stream(NoticeKind.values())
                .filter(kinds::contains)
                .map(NoticeKind::wireName)
                .toList();
    }

    private static NoticeSettingsView view(NoticeSettings.Wishes wishes) {
        var low = wishes.lowBalance();
        return new NoticeSettingsView(
                low == null ? null : low.toDecimal(),
                low == null ? null : String.valueOf(low.micros()),
                names(wishes.byMail()),
                names(wishes.byWebhook()));
    }
}
