package io.apihub.billing.payment;

import io.apihub.billing.payment.FaultPoint.Step;
import io.apihub.billing.payment.Notices.Notice;
import io.apihub.billing.payment.epay.EpayClient.Ref;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Asks the platform about an order and does what follows from the answer; whoever has reason to:
 * who was told of a payment, who polls, who compares lists. Safe to repeat, by any process.
 */
@Component
class Settling {

    private static final Logger LOG = LoggerFactory.getLogger(Settling.class);

    /** Two seconds of a platform that is in a hurry. */
    private static final int MOST_WAITING = 1_000;

    private final Inquiry inquiry;
    private final Crediting crediting;
    private final Orders orders;
    private final Notices notices;
    private final FaultPoint fault;
    private final TransactionTemplate transactions;
    private final MeterRegistry metrics;
    private final Turns turns;
    private final Together<Confirmed, Crediting.Outcome> together;

    /** What is written when a platform has answered. */
    @Component
    record Books(Orders orders, Notices notices, Crediting crediting) {}

    Settling(
            Inquiry inquiry,
            Books books,
            FaultPoint fault,
            TransactionTemplate transactions,
            MeterRegistry metrics,
            Turns turns) {
        this.inquiry = inquiry;
        this.crediting = books.crediting();
        this.orders = books.orders();
        this.notices = books.notices();
        this.fault = fault;
        this.transactions = transactions;
        this.metrics = metrics;
        this.turns = turns;
        this.together = new Together<>(MOST_WAITING, Confirmed::keys, this::take);
    }

    /** What followed. */
    enum Result {
        /** It is written down for good: the payer's money is accounted for. */
        SETTLED,
        /** The platform says that nobody paid. */
        NOT_PAID,
        /** What was paid is not what was asked for; a person has to look at it. */
        REFUSED,
        /** To be asked again. */
        UNKNOWN
    }

    /** Why we ask: what the record says of it. */
    record Occasion(String source, String address, Map<String, String> fields) {

        static final Occasion POLL = new Occasion("query", "", Map.of());

        Notice notice(PaymentOrder order, String outcome, String reason) {
            return new Notice(
                    order.provider(), order.id(), source, outcome, reason, address, fields);
        }
    }

    /** A payment that the platform has confirmed. */
    private record Confirmed(PaymentOrder order, Inquiry.Answer.Paid paid, Occasion occasion) {

        Incoming money() {
            return new Incoming(order.id(), order.provider(), paid.tradeNo(), paid.paid());
        }

        Set<?> keys() {
            return Set.of(order.id(), money().trade());
        }

        Notice notice(Crediting.Outcome outcome) {
            return occasion.notice(order, name(outcome), paid.tradeNo());
        }
    }

    /** Asks by one of the two numbers. No transaction may be open: the platform may take long. */
    Result settle(PaymentOrder order, Ref ref, Occasion occasion) {
        return switch (inquiry.ask(order, ref)) {
            case Inquiry.Answer.Paid paid -> taken(order, paid, occasion);
            case Inquiry.Answer.NotPaid no -> turns.take(() -> notPaid(order, no, occasion));
            case Inquiry.Answer.Differs no -> turns.take(() -> differs(order, no, occasion));
            case Inquiry.Answer.Unknown no -> turns.take(() -> unknown(order, no, occasion));
        };
    }

    /**
     * Credits an order that is paid, if that had to wait; the platform need not be asked again.
     *
     * @return false if it still has to wait
     */
    boolean creditPaid(PaymentOrder order) {
        return turns.take(() ->
                Boolean.TRUE.equals(
                        transactions.execute(status -> {
                            boolean credited = crediting.creditPaid(order.id());
                            if (credited) {
                                notices.add(Notice.of(order, "account", "credited", ""));
                            }
                            return credited;
                        })));
    }

    private Result notPaid(PaymentOrder order, Inquiry.Answer.NotPaid no, Occasion occasion) {
        // Polling asks often, and mostly hears this.
        if (!occasion.equals(Occasion.POLL)) {
            notices.add(occasion.notice(order, "not-paid", no.words()));
        }
        return Result.NOT_PAID;
    }

    private Result differs(PaymentOrder order, Inquiry.Answer.Differs no, Occasion occasion) {
        LOG.error("order {}: {}", order.id(), no.words());
        orders.problem(order.id(), no.words());
        notices.add(occasion.notice(order, "differs", no.words()));
        return Result.REFUSED;
    }

    private Result unknown(PaymentOrder order, Inquiry.Answer.Unknown no, Occasion occasion) {
        notices.add(occasion.notice(order, "unknown", no.words()));
        return Result.UNKNOWN;
    }

    private Result taken(PaymentOrder order, Inquiry.Answer.Paid paid, Occasion occasion) {
        fault.reached(Step.ASKED);
        var outcome = together.await(new Confirmed(order, paid, occasion));
        fault.reached(Step.CREDITED);
        metrics.counter("apihub_billing_payments", "outcome", name(outcome)).increment();
        return outcome == Crediting.Outcome.CONFLICT ? Result.REFUSED : Result.SETTLED;
    }

    private List<Crediting.Outcome> take(List<Confirmed> all) {
        return Objects.requireNonNull(
                transactions.execute(status -> {
                    var outcomes = crediting.take(all.stream().map(Confirmed::money).toList());
                    var said = new ArrayList<Notice>();
                    for (int i = 0; i < all.size(); i++) {
                        said.add(all.get(i).notice(outcomes.get(i)));
                    }
                    notices.add(said);
                    fault.reached(Step.CREDITING);
                    return outcomes;
                }));
    }

    private static String name(Crediting.Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }
}
