package io.apihub.billing.notice;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a notice is about. */
public enum NoticeKind {
    /** The balance fell below the tenant's threshold. Data: balance, threshold, currency. */
    LOW_BALANCE,
    /** A plan ends soon. Data: plan, endsAt. */
    PLAN_ENDING,
    /** One of a limit's alertPercents is reached. Data: limit, subject, percent, resetsAt. */
    LIMIT_REACHED,
    /** An order was paid and credited. Data: order, credit, bonus, currency. */
    PAYMENT_CREDITED,
    /** Nobody took what was sent to a webhook. Data: webhook, url, reason. */
    WEBHOOK_DISABLED;

    /** The name in the database, in REST and in webhooks. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The kind of a name. */
    public static Optional<NoticeKind> of(String wireName) {
        return Arrays.stream(values()).filter(kind -> kind.wireName().equals(wireName)).findFirst();
    }
}
