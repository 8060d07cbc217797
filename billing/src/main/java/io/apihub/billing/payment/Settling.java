package io.apihub.billing.payment;

import io.apihub.billing.payment.FaultPoint.Step;
import io.apihub.billing.payment.Notices.Notice;
import io.apihub.billing.payment.epay.EpayClient.Ref;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
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

    private final Inquiry inquiry;
    private final Crediting crediting;
    private final Orders orders;
    private final Notices notices;
    private final FaultPoint fault;
    private final TransactionTemplate transactions;
    private final MeterRegistry metrics;
    private final Turns turns;

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

    /** Asks by one of the two numbers. No transaction may be open: the platform may take long. */
    Result settle(PaymentOrder order, Ref ref, Occasion occasion) {
        var answer = inquiry.ask(order, ref);
        return turns.take(() -> follow(order, answer, occasion));
    }

    private Result follow(PaymentOrder order, Inquiry.Answer answer, Occasion occasion) {
        return switch (answer) {
            case Inquiry.Answer.Paid paid ->
                    taken(
                            order,
                            occasion,
                            () -> crediting.take(order.id(), paid.tradeNo()),
                            paid.tradeNo());
            case Inquiry.Answer.Other other ->
                    taken(
                            order,
                            occasion,
                            () -> crediting.takeOther(order.id(), other.tradeNo(), other.paid()),
                            other.tradeNo());
            case Inquiry.Answer.NotPaid no -> {
                // Polling asks often, and mostly hears this.
                if (!occasion.equals(Occasion.POLL)) {
                    notices.add(occasion.notice(order, "not-paid", no.words()));
                }
                yield Result.NOT_PAID;
            }
            case Inquiry.Answer.Differs differs -> {
                LOG.error("order {}: {}", order.id(), differs.words());
                orders.problem(order.id(), differs.words());
                notices.add(occasion.notice(order, "differs", differs.words()));
                yield Result.REFUSED;
            }
            case Inquiry.Answer.Unknown unknown -> {
                notices.add(occasion.notice(order, "unknown", unknown.words()));
                yield Result.UNKNOWN;
            }
        };
    }

    private Result taken(
            PaymentOrder order,
            Occasion occasion,
            Supplier<Crediting.Outcome> taking,
            String tradeNo) {
        fault.reached(Step.ASKED);
        var outcome =
                Objects.requireNonNull(
                        transactions.execute(status -> {
                            var taken = taking.get();
                            notices.add(occasion.notice(order, name(taken), tradeNo));
                            fault.reached(Step.CREDITING);
                            return taken;
                        }));
        fault.reached(Step.CREDITED);
        metrics.counter("apihub_billing_payments", "outcome", name(outcome)).increment();
        return outcome == Crediting.Outcome.CONFLICT ? Result.REFUSED : Result.SETTLED;
    }

    private static String name(Crediting.Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }
}
