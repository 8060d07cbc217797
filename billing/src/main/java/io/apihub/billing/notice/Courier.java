package io.apihub.billing.notice;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Brings what is due to webhooks: one webhook after the other, by one billing at a time. A process
 * that ends between the receiver's yes and the mark in the table sends the message again, with the
 * same id.
 */
@Component
class Courier {

    private static final Logger LOG = LoggerFactory.getLogger(Courier.class);

    /** So long it is tried; after that the webhook is disabled, unless it took something since. */
    static final Duration PATIENCE = Duration.ofDays(3);

    private static final Duration FIRST_WAIT = Duration.ofSeconds(10);
    private static final Duration LONGEST_WAIT = Duration.ofHours(6);
    private static final int MOST_DOUBLINGS = 12;
    private static final int AT_ONCE = 5;

    private final WebhookTable webhooks;
    private final DeliveryTable deliveries;
    private final WebhookCall call;
    private final Stopping stopping;
    private final Surroundings around;

    Courier(
            WebhookTable webhooks,
            DeliveryTable deliveries,
            WebhookCall call,
            Stopping stopping,
            Surroundings around) {
        this.webhooks = webhooks;
        this.deliveries = deliveries;
        this.call = call;
        this.stopping = stopping;
        this.around = around;
    }

    /** What is around it. */
    @Component
    record Surroundings(
            TransactionTemplate transactions,
            InstantSource clock,
            RandomGenerator random,
            MeterRegistry metrics) {}

    /** Whether something may be due for a webhook. */
    boolean hasWork() {
        return webhooks.mayBeDue();
    }

    /** Takes a webhook that something is due for. */
    Optional<WebhookTable.Claimed> next() {
        return webhooks.claim();
    }

    /** Brings a webhook the oldest of what is due, and gives it back. Takes two minutes at most. */
    void serve(WebhookTable.Claimed webhook) {
        try {
            for (var delivery : deliveries.due(webhook.id(), AT_ONCE)) {
                bring(webhook, delivery);
            }
            webhooks.release(webhook);
        } catch (RuntimeException e) {
            LOG.warn("webhook {}: {}", webhook.id(), e.toString());
        }
    }

    private void bring(WebhookTable.Claimed webhook, Delivery delivery) {
        var began = around.clock().instant();
        var outcome =
                webhook.secrets().isEmpty()
                        ? new WebhookCall.Outcome(
                                null, "the secret can't be read here; make another one")
                        : send(webhook, delivery, began);
        var millis = Math.max(0, Duration.between(began, around.clock().instant()).toMillis());
        around.transactions()
                .executeWithoutResult(status -> note(webhook, delivery, outcome, millis));
    }

    private WebhookCall.Outcome send(WebhookTable.Claimed webhook, Delivery delivery, Instant at) {
        var headers = new LinkedHashMap<String, String>();
        headers.put("X-APIHub-Id", delivery.message().toString());
        headers.put("X-APIHub-Delivery", delivery.id().toString());
        headers.put("X-APIHub-Kind", delivery.kind());
        headers.put(
                WebhookSecret.HEADER, WebhookSecret.sign(webhook.secrets(), at, delivery.body()));
        return call.post(webhook.url(), Map.copyOf(headers), delivery.body());
    }

    private void note(
            WebhookTable.Claimed webhook,
            Delivery delivery,
            WebhookCall.Outcome outcome,
            long millis) {
        var locked = webhooks.lock(webhook.tenant(), webhook.id());
        if (locked.isEmpty()) {
            return;
        }
        if (outcome.isTaken()) {
            count("delivered");
            deliveries.note(delivery, outcome, millis, Delivery.State.DELIVERED, Duration.ZERO);
            webhooks.succeeded(webhook.id());
        } else if (outcome.isGone() || isTooOld(delivery)) {
            count("given_up");
            deliveries.note(delivery, outcome, millis, Delivery.State.GIVEN_UP, Duration.ZERO);
            if (outcome.isGone()) {
                stopping.stop(locked.get(), "the receiver answered 410 Gone");
            } else if (!tookSince(locked.get().lastSuccessAt(), delivery)) {
                stopping.stop(locked.get(), "took nothing for " + PATIENCE.toHours() + " hours");
            }
        } else {
            count("put_off");
            deliveries.note(
                    delivery, outcome, millis, Delivery.State.PENDING, wait(delivery.tries()));
        }
    }

    private boolean isTooOld(Delivery delivery) {
        return delivery.createdAt().plus(PATIENCE).isBefore(around.clock().instant());
    }

    private static boolean tookSince(@Nullable Instant lastSuccess, Delivery delivery) {
        return lastSuccess != null && lastSuccess.isAfter(delivery.createdAt());
    }

    /**
     * 10 s, doubled each time, six hours at most; a fifth more or less, so that nothing gathers.
     */
    private Duration wait(int tries) {
        var wait = FIRST_WAIT.multipliedBy(1L << Math.min(tries, MOST_DOUBLINGS));
        var bounded = wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
        return bounded.multipliedBy(around.random().nextLong(80, 121)).dividedBy(100);
    }

    private void count(String outcome) {
        around.metrics().counter("apihub_webhook_attempts", "outcome", outcome).increment();
    }
}
