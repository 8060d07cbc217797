package io.apihub.billing.payment;

import io.apihub.billing.payment.Settling.Occasion;
import io.apihub.billing.payment.Settling.Result;
import io.apihub.billing.payment.epay.EpayClient.Ref;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Finds out what nobody told us, and goes on with what a process left behind. Any number of
 * processes may do so: what one has claimed, the others pass over, until its time is up.
 */
@Component
class Reconciler {

    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

    /** Longer than all calls of a step may take together. */
    private static final Duration LEASE = Duration.ofMinutes(1);

    /** As many of a lane at once; what they write takes turns with all others. */
    private static final int AT_ONCE = 6;

    private final Orders orders;
    private final Inquiries inquiries;
    private final RefundTable refundTable;
    private final Settling settling;
    private final Refunds refunds;
    private final InstantSource clock;

    /** What there may be to go on with. */
    @Component
    record Queues(Orders orders, Inquiries inquiries, RefundTable refunds) {}

    Reconciler(Queues queues, Settling settling, Refunds refunds, InstantSource clock) {
        this.orders = queues.orders();
        this.inquiries = queues.inquiries();
        this.refundTable = queues.refunds();
        this.settling = settling;
        this.refunds = refunds;
        this.clock = clock;
    }

    /**
     * Does some of what is due in a lane, and waits for all of that.
     *
     * @return whether there may be more
     */
    boolean round(Lane lane) throws InterruptedException {
        int expired = lane.others() ? orders.expire() : 0;
        var due = orders.claimDue(lane, AT_ONCE, LEASE);
        var told = inquiries.claimDue(lane, AT_ONCE, LEASE);
        var returning = refundTable.claimDue(lane, AT_ONCE, LEASE);
        each(due, this::poll);
        each(told, this::inquire);
        each(returning, this::giveBack);
        return expired + due.size() + told.size() + returning.size() > 0;
    }

    /** One that fails is not in the way of the others: it is due again when its time is up. */
    private static <T> void each(Collection<T> all, Consumer<T> work) throws InterruptedException {
        if (all.isEmpty()) {
            return;
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            all.forEach(one -> running.add(threads.submit(() -> work.accept(one))));
            for (var one : running) {
                await(one);
            }
        }
    }

    private static void await(Future<?> one) throws InterruptedException {
        try {
            one.get();
        } catch (ExecutionException e) {
            LOG.warn("to be tried again: {}", String.valueOf(e.getCause()));
        }
    }

    private void poll(PaymentOrder order) {
        if (order.state() == OrderState.PAID) {
            creditPaid(order);
            return;
        }
        var tradeNo = order.tradeNo();
        var ref = tradeNo == null ? Ref.ours(order.outTradeNo()) : Ref.trade(tradeNo);
        var result = settling.settle(order, ref, Occasion.POLL);
        switch (result) {
            // Who paid another amount may still pay.
            case NOT_PAID, REFUSED, SETTLED ->
                    orders.pollAgain(order, PollSchedule.next(order.createdAt(), clock.instant()));
            case UNKNOWN -> orders.pollMissed(order, PollSchedule.pause(order.polling().misses()));
        }
    }

    /** The platform may be away, or never have known of what a person decided. */
    private void creditPaid(PaymentOrder order) {
        if (!settling.creditPaid(order)) {
            orders.pollMissed(order, PollSchedule.pause(order.polling().misses()));
        }
    }

    private void inquire(Inquiries.Waiting waiting) {
        var order = orders.find(waiting.order()).orElseThrow();
        var result = settling.settle(order, Ref.trade(waiting.tradeNo()), Occasion.POLL);
        if (result != Result.UNKNOWN) {
            inquiries.done(waiting);
        }
    }

    private void giveBack(Refund refund) {
        refunds.advance(refund);
    }
}
