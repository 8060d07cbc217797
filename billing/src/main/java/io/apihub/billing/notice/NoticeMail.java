package io.apihub.billing.notice;

import io.apihub.billing.mail.Letter;
import io.apihub.billing.mail.Mails;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.user.EmailAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Writes notices to a tenant's owners, to those whose address is proven. */
@Component
class NoticeMail {

    private static final int MOST_OWNERS = 20;

    private final Mails mails;
    private final JdbcTemplate jdbc;
    private final @Nullable URI publicUrl;

    NoticeMail(Mails mails, JdbcTemplate jdbc, Settings settings) {
        this.mails = mails;
        this.jdbc = jdbc;
        this.publicUrl = settings.identity().publicUrl();
    }

    /** Queues a mail to each owner, in the caller's transaction; how many. Safe to repeat. */
    int send(NoticeTable.Told notice, NoticeKind kind, String tenant) {
        if (!mails.isOn()) {
            return 0;
        }
        int queued = 0;
        for (var owner : owners(notice.tenant())) {
            var mail =
                    letter(kind)
                            .fill(
                                    "notice/" + notice.id() + "/" + owner.user(),
                                    owner.address(),
                                    gaps(notice, tenant));
            if (mails.enqueue(mail) == Mails.Outcome.QUEUED) {
                queued++;
            }
        }
        return queued;
    }

    private static Letter letter(NoticeKind kind) {
        return switch (kind) {
            case LOW_BALANCE -> Letter.LOW_BALANCE;
            case PLAN_ENDING -> Letter.PLAN_ENDING;
            case LIMIT_REACHED -> Letter.LIMIT_REACHED;
            case PAYMENT_CREDITED -> Letter.PAYMENT_CREDITED;
            case WEBHOOK_DISABLED -> Letter.WEBHOOK_DISABLED;
        };
    }

    /** Braces would look like gaps, and nothing at all like a mistake. */
    private Map<String, String> gaps(NoticeTable.Told notice, String tenant) {
        var gaps = new HashMap<String, String>();
        notice.data()
                .forEach((name, value) -> {
                    var line =
                            value.replace('{', '(').replace('}', ')').replaceAll("\\p{Cntrl}", " ");
                    gaps.put(name.toLowerCase(Locale.ROOT), line.isBlank() ? "-" : line);
                });
        gaps.put("tenant", tenant);
        gaps.put("link", String.valueOf(publicUrl));
        return gaps;
    }

    private record Owner(UUID user, EmailAddress address) {}

    private List<Owner> owners(UUID tenant) {
        return jdbc.query(
                "SELECT u.user_id, u.email FROM billing.member m JOIN billing.app_user u"
                        + " USING (user_id) WHERE m.tenant_id = ? AND m.role = 'OWNER'"
                        + " AND u.state = 'ACTIVE' AND u.email_verified_at IS NOT NULL"
                        + " ORDER BY m.since, u.user_id LIMIT ?",
                (row, number) ->
                        new Owner(
                                row.getObject(1, UUID.class),
                                EmailAddress.of("email", row.getString(2))),
                tenant,
                MOST_OWNERS);
    }
}
