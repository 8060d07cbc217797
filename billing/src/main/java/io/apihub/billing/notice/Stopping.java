package io.apihub.billing.notice;

import java.time.InstantSource;
import java.util.Map;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Stops webhooks that nobody answers at, and has their owners told. */
@Component
class Stopping {

    private final WebhookTable webhooks;
    private final DeliveryTable deliveries;
    private final Notifier notifier;
    private final InstantSource clock;

    Stopping(
            WebhookTable webhooks,
            DeliveryTable deliveries,
            Notifier notifier,
            InstantSource clock) {
        this.webhooks = webhooks;
        this.deliveries = deliveries;
        this.notifier = notifier;
        this.clock = clock;
    }

    /** Stops one that is locked in this transaction. Safe to repeat. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void stop(Webhook webhook, String reason) {
        if (webhooks.disable(webhook.id(), reason)) {
            deliveries.giveUpAll(webhook.id(), "the webhook was disabled: " + reason);
            notifier.take(
                    webhook.tenant(),
                    NoticeKind.WEBHOOK_DISABLED,
                    webhook.id() + "/" + clock.instant().toEpochMilli(),
                    Map.of(
                            "webhook", webhook.id().toString(),
                            "url", webhook.url(),
                            "reason", reason));
        }
    }
}
