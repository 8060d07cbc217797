package io.apihub.billing.notice;

import io.apihub.billing.account.Tenant;
import io.apihub.billing.account.Tenants;
import java.util.Objects;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes mails and deliveries of notices, as their tenants wish: all of one notice, and of some
 * more, in one transaction, so that a crash neither loses nor doubles any.
 */
@Component
class Dispatcher {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final int AT_ONCE = 50;
    private static final int ROUNDS = 10;

    private final NoticeTable notices;
    private final NoticeSettings settings;
    private final NoticeMail mail;
    private final Webhooks webhooks;
    private final Tenants tenants;
    private final TransactionTemplate transactions;

    /** Webhooks of tenants, and what is on its way to them. */
    @Component("noticeWebhooks")
    record Webhooks(WebhookTable table, DeliveryTable deliveries, JsonMapper json) {}

    Dispatcher(
            NoticeTable notices,
            NoticeSettings settings,
            NoticeMail mail,
            Webhooks webhooks,
            Tenants tenants,
            TransactionTemplate transactions) {
        this.notices = notices;
        this.settings = settings;
        this.mail = mail;
        this.webhooks = webhooks;
        this.tenants = tenants;
        this.transactions = transactions;
    }

    /** Whether a round may have something to do. */
    boolean hasWork() {
        return notices.mayWait();
    }

    /** One round. What fails is not in the way of the rest; the next round does it again. */
    void round() {
        long after = 0;
        for (int i = 0; i < ROUNDS && after >= 0; i++) {
            after = several(after);
        }
    }

    /** The number of the last notice that was done, or failed; negative: there is none any more. */
    private long several(long after) {
        try {
            return Objects.requireNonNull(
                    transactions.execute(status -> {
                        var found = notices.lockNext(after, AT_ONCE);
                        found.forEach(this::dispatch);
                        return found.isEmpty() ? -1 : found.getLast().seq();
                    }));
        } catch (RuntimeException e) {
            LOG.warn("notices are told one by one: {}", e.toString());
            return oneByOne(after);
        }
    }

    private long oneByOne(long after) {
        long last = after;
        for (int i = 0; i < AT_ONCE && last >= 0; i++) {
            last = one(last);
        }
        return last;
    }

    /** The number of the notice that was done, or failed; negative: there is none any more. */
    private long one(long after) {
        var at = new long[] {-1};
        try {
            transactions.executeWithoutResult(status ->
                    notices.lockNext(after, 1)
                            .forEach(notice -> {
                                at[0] = notice.seq();
                                dispatch(notice);
                            }));
        } catch (RuntimeException e) {
            LOG.error("notice {} is not told", at[0], e);
        }
        return at[0];
    }

    private void dispatch(NoticeTable.Told notice) {
        var kind = NoticeKind.of(notice.kind());
        if (kind.isEmpty()) {
            // A newer billing wrote it, and will tell it.
            return;
        }
        var wishes = settings.find(notice.tenant());
        var name =
                tenants.find(notice.tenant()).map(Tenant::name).orElse(notice.tenant().toString());
        int mails = wishes.byMail().contains(kind.get()) ? mail.send(notice, kind.get(), name) : 0;
        int deliveries = wishes.byWebhook().contains(kind.get()) ? deliver(notice, name) : 0;
        notices.dispatched(notice.id(), mails, deliveries);
    }

    private int deliver(NoticeTable.Told notice, String tenant) {
        var message = message(notice, tenant);
        return (int)
                webhooks.table().of(notice.tenant()).stream()
                        .filter(webhook -> webhook.disabledAt() == null)
                        .filter(webhook -> webhooks.deliveries().add(webhook.id(), message))
                        .count();
    }

    private DeliveryTable.Message message(NoticeTable.Told notice, String tenant) {
        var body =
                new Envelope(
                        notice.id(),
                        notice.kind(),
                        notice.tenant().toString(),
                        tenant,
                        notice.createdAt(),
                        new TreeMap<>(notice.data()));
        return new DeliveryTable.Message(
                notice.id(),
                notice.kind(),
                Objects.requireNonNull(webhooks.json().writeValueAsString(body)));
    }
}
