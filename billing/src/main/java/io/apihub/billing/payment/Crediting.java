package io.apihub.billing.payment;

import io.apihub.billing.account.Accounts;
import io.apihub.billing.account.PlatformAccount;
import io.apihub.billing.ledger.Ledger;
import io.apihub.billing.ledger.Posting;
import io.apihub.billing.ledger.TransactionKind;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Turns a payment that the platform has confirmed into credit, once: the order's state, the
 * platform's number and the ledger change in one transaction or not at all. Safe to repeat, at any
 * time, by any process.
 */
@Component
class Crediting {

    private static final Logger LOG = LoggerFactory.getLogger(Crediting.class);

    private final Orders orders;
    private final Received received;
    private final SuspenseTable suspense;
    private final Accounts accounts;
    private final Ledger ledger;
    private final ApplicationEventPublisher events;

    Crediting(
            Orders orders,
            Received received,
            SuspenseTable suspense,
            Accounts accounts,
            Ledger ledger,
            ApplicationEventPublisher events) {
        this.orders = orders;
        this.received = received;
        this.suspense = suspense;
        this.accounts = accounts;
        this.ledger = ledger;
        this.events = events;
    }

    /** What came of a payment. */
    enum Outcome {
        CREDITED,
        /** Paid and written down; the credit waits for the operator to know the tenant. */
        WAITING,
        /** Done before. */
        REPEATED,
        /** A person credited the order before. */
        CONFIRMED,
        /** A second payment of the order, or another amount: kept apart for somebody to decide. */
        SUSPENSE,
        /** The number is another order's. */
        CONFLICT
    }

    /** Takes a payment of exactly the order's amount, which the platform has confirmed. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Outcome take(UUID id, String tradeNo) {
        var order = orders.lock(id);
        var known = received.orderOf(order.provider(), tradeNo);
        if (known.isPresent()) {
            return known.get().equals(id) ? again(order) : Outcome.CONFLICT;
        }
        if (order.state().awaitsPayment()) {
            received.add(order, tradeNo, order.price().amount(), Received.Outcome.CREDITED);
            return first(order, tradeNo, Posting.SYSTEM, "");
        }
        if (order.tradeNo() == null) {
            received.add(order, tradeNo, order.price().amount(), Received.Outcome.CONFIRMED);
            orders.confirmed(order, tradeNo);
            return Outcome.CONFIRMED;
        }
        return suspend(order, tradeNo, order.price().amount(), "paid twice");
    }

    /** Takes a payment of another amount than the order's, which the platform has confirmed. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Outcome takeOther(UUID id, String tradeNo, BigDecimal paid) {
        var order = orders.lock(id);
        var known = received.orderOf(order.provider(), tradeNo);
        if (known.isEmpty()) {
            var words = "paid " + paid.toPlainString() + ", not " + order.price().amount();
            return suspend(order, tradeNo, paid, words);
        }
        // Otherwise it was paid in full once, by the platform's own word.
        boolean same = known.get().equals(id) && suspense.has(order.provider(), tradeNo);
        return same ? Outcome.REPEATED : Outcome.CONFLICT;
    }

    private Outcome again(PaymentOrder order) {
        return order.state() == OrderState.PAID
                ? credit(order, Posting.SYSTEM, "")
                : Outcome.REPEATED;
    }

    /** Credits an order by a person's word, where the platform can't answer. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Outcome decide(UUID id, String person, String reason) {
        var order = orders.lock(id);
        return order.state().awaitsPayment()
                ? first(order, null, person, reason)
                : Outcome.REPEATED;
    }

    private Outcome first(
            PaymentOrder order, @Nullable String tradeNo, String actor, String reason) {
        orders.paid(order, tradeNo);
        return credit(order, actor, reason);
    }

    private Outcome credit(PaymentOrder order, String actor, String reason) {
        var account = accounts.lock(List.of(order.tenant())).get(order.tenant());
        if (account == null) {
            return Outcome.WAITING;
        }
        ledger.post(
                Posting.transfer(
                                TransactionKind.TOP_UP,
                                "payment/" + order.outTradeNo(),
                                accounts.id(PlatformAccount.PAYMENT_CLEARING),
                                account.id(),
                                order.credit())
                        .by(actor, reason));
        if (order.bonus().isPositive()) {
            ledger.post(
                    Posting.transfer(
                                    TransactionKind.GRANT,
                                    "payment-bonus/" + order.outTradeNo(),
                                    accounts.id(PlatformAccount.GRANTS),
                                    account.id(),
                                    order.bonus())
                            .by(actor, "bonus"));
        }
        orders.credited(order);
        events.publishEvent(
                new OrderCredited(order.id(), order.tenant(), order.credit(), order.bonus()));
        return Outcome.CREDITED;
    }

    private Outcome suspend(PaymentOrder order, String tradeNo, BigDecimal paid, String why) {
        var value = order.price().creditFor(order.credit(), paid);
        received.add(order, tradeNo, paid, Received.Outcome.SUSPENSE);
        suspense.add(order, tradeNo, value, why);
        ledger.post(
                Posting.transfer(
                        TransactionKind.TOP_UP,
                        suspenseReference(order.provider(), tradeNo),
                        accounts.id(PlatformAccount.PAYMENT_CLEARING),
                        accounts.id(PlatformAccount.SUSPENSE),
                        value));
        orders.problem(order.id(), why + ": " + tradeNo);
        LOG.error("order {} was {}: {} is in suspense", order.id(), why, tradeNo);
        return Outcome.SUSPENSE;
    }

    /** Of the transaction that sets a payment apart; what settles it goes on from there. */
    static String suspenseReference(String provider, String tradeNo) {
        return "payment-suspense/" + provider + "/" + tradeNo;
    }
}
