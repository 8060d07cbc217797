package io.apihub.billing.payment;

import io.apihub.billing.account.Accounts;
import io.apihub.billing.account.PlatformAccount;
import io.apihub.billing.ledger.Ledger;
import io.apihub.billing.ledger.Posting;
import io.apihub.billing.ledger.TransactionKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Turns payments that the platform has confirmed into credit, each once: the orders' states, the
 * platform's numbers and the ledger change in one transaction or not at all. Safe to repeat, at any
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
        /** The number is another order's, or the platform told another amount of it before. */
        CONFLICT
    }

    /** What is to be done with one payment. */
    private enum Deed {
        FIRST,
        /** It is written down, and had to wait for its credit. */
        CREDIT,
        CONFIRM,
        SUSPEND,
        REPEAT,
        /** A part of it is in suspense; a person has to say what the platform means. */
        FLAG,
        REFUSE
    }

    /** Somebody's word that an order is paid; without number if it is a person's. */
    private record Due(PaymentOrder order, @Nullable String tradeNo, String actor, String reason) {}

    private record Decided(Incoming money, PaymentOrder order, Deed deed) {

        Optional<Received.Row> row() {
            return switch (deed) {
                case FIRST -> Optional.of(new Received.Row(money, Received.Outcome.CREDITED));
                case CONFIRM -> Optional.of(new Received.Row(money, Received.Outcome.CONFIRMED));
                case SUSPEND -> Optional.of(new Received.Row(money, Received.Outcome.SUSPENSE));
                case CREDIT, REPEAT, FLAG, REFUSE -> Optional.empty();
            };
        }

        Optional<Due> due() {
            return deed == Deed.FIRST || deed == Deed.CREDIT
                    ? Optional.of(new Due(order, money.tradeNo(), Posting.SYSTEM, ""))
                    : Optional.empty();
        }
    }

    /**
     * Takes payments that the platform has confirmed.
     *
     * @param all with an order and a number that is no other one's of them
     * @return what came of them, in their order
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public List<Outcome> take(List<Incoming> all) {
        var locked = orders.lock(all.stream().map(Incoming::order).toList());
        var known = received.find(all.stream().map(Incoming::trade).toList());
        var decided =
                all.stream()
                        .map(money -> {
                            var order = Objects.requireNonNull(locked.get(money.order()));
                            return new Decided(
                                    money, order, decide(money, order, known.get(money.trade())));
                        })
                        .toList();
        received.add(decided.stream().flatMap(one -> one.row().stream()).toList());
        var credited = credit(decided.stream().flatMap(one -> one.due().stream()).toList());
        decided.forEach(this::setApart);
        return decided.stream().map(one -> outcome(one, credited)).toList();
    }

    private static Deed decide(Incoming money, PaymentOrder order, Received.@Nullable Known known) {
        boolean exact = money.paid().compareTo(order.price().amount()) == 0;
        if (known != null) {
            return again(order, exact, known);
        }
        if (exact && order.state().awaitsPayment()) {
            return Deed.FIRST;
        }
        return exact && order.tradeNo() == null ? Deed.CONFIRM : Deed.SUSPEND;
    }

    private static Deed again(PaymentOrder order, boolean exact, Received.Known known) {
        // What was not set apart was the order's amount once, by the platform's own word.
        boolean contradicts = !exact && known.outcome() != Received.Outcome.SUSPENSE;
        if (contradicts || !known.order().equals(order.id())) {
            return Deed.REFUSE;
        }
        if (exact && order.state().awaitsPayment()) {
            return Deed.FLAG;
        }
        return exact && order.state() == OrderState.PAID ? Deed.CREDIT : Deed.REPEAT;
    }

    private static Outcome outcome(Decided one, Collection<UUID> credited) {
        return switch (one.deed()) {
            case FIRST, CREDIT ->
                    credited.contains(one.order().id()) ? Outcome.CREDITED : Outcome.WAITING;
            case CONFIRM -> Outcome.CONFIRMED;
            case SUSPEND -> Outcome.SUSPENSE;
            case REPEAT -> Outcome.REPEATED;
            case FLAG, REFUSE -> Outcome.CONFLICT;
        };
    }

    /** Credits an order by a person's word, where the platform can't answer. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Outcome decide(UUID id, String person, String reason) {
        var order = Objects.requireNonNull(orders.lock(List.of(id)).get(id));
        if (!order.state().awaitsPayment()) {
            return Outcome.REPEATED;
        }
        var credited = credit(List.of(new Due(order, null, person, reason)));
        return credited.isEmpty() ? Outcome.WAITING : Outcome.CREDITED;
    }

    /**
     * Credits an order that is paid and had to wait: whoever had to be asked about it has answered.
     *
     * @return false if there is nothing to credit, or still nobody to credit it to
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public boolean creditPaid(UUID id) {
        var order = orders.lock(id);
        if (order.state() != OrderState.PAID) {
            return false;
        }
        return !credit(List.of(new Due(order, order.tradeNo(), Posting.SYSTEM, ""))).isEmpty();
    }

    /** The ids of those that are credited; the others are paid, and wait. */
    private List<UUID> credit(List<Due> all) {
        if (all.isEmpty()) {
            return List.of();
        }
        var known =
                accounts.lock(all.stream().map(due -> due.order().tenant()).distinct().toList());
        var postings = new ArrayList<Posting>();
        var steps = new ArrayList<Orders.Step>();
        var credited = new ArrayList<OrdersCredited.Order>();
        for (var due : all) {
            var order = due.order();
            var account = known.get(order.tenant());
            steps.add(new Orders.Step(order, due.tradeNo(), account != null));
            if (account != null) {
                postings.addAll(postings(due, account.id()));
                credited.add(
                        new OrdersCredited.Order(
                                order.id(), order.tenant(), order.credit(), order.bonus()));
            }
        }
        ledger.post(postings);
        orders.paid(steps);
        if (!credited.isEmpty()) {
            events.publishEvent(new OrdersCredited(credited));
        }
        return credited.stream().map(OrdersCredited.Order::id).toList();
    }

    private List<Posting> postings(Due due, long account) {
        var order = due.order();
        var credit =
                Posting.transfer(
                                TransactionKind.TOP_UP,
                                "payment/" + order.outTradeNo(),
                                accounts.id(PlatformAccount.PAYMENT_CLEARING),
                                account,
                                order.credit())
                        .by(due.actor(), due.reason());
        if (!order.bonus().isPositive()) {
            return List.of(credit);
        }
        return List.of(
                credit,
                Posting.transfer(
                                TransactionKind.GRANT,
                                "payment-bonus/" + order.outTradeNo(),
                                accounts.id(PlatformAccount.GRANTS),
                                account,
                                order.bonus())
                        .by(due.actor(), "bonus"));
    }

    /** What is seldom; the rest is done for all at once. */
    private void setApart(Decided one) {
        var order = one.order();
        var money = one.money();
        if (one.deed() == Deed.CONFIRM) {
            orders.confirmed(order, money.tradeNo());
        }
        if (one.deed() == Deed.FLAG) {
            orders.problem(order.id(), "paid in full now, after a part: " + money.tradeNo());
            LOG.error("order {}: all is paid by {}, by a part before", order.id(), money.tradeNo());
        }
        if (one.deed() != Deed.SUSPEND) {
            return;
        }
        boolean twice = money.paid().compareTo(order.price().amount()) == 0;
        var why =
                twice
                        ? "paid twice"
                        : "paid "
                                + money.paid().toPlainString()
                                + ", not "
                                + order.price().amount();
        var value = order.price().creditFor(order.credit(), money.paid());
        suspense.add(order, money.tradeNo(), value, why);
        ledger.post(
                Posting.transfer(
                        TransactionKind.TOP_UP,
                        suspenseReference(order.provider(), money.tradeNo()),
                        accounts.id(PlatformAccount.PAYMENT_CLEARING),
                        accounts.id(PlatformAccount.SUSPENSE),
                        value));
        orders.problem(order.id(), why + ": " + money.tradeNo());
        LOG.error("order {} was {}: {} is in suspense", order.id(), why, money.tradeNo());
    }

    /** Of the transaction that sets a payment apart; what settles it goes on from there. */
    static String suspenseReference(String provider, String tradeNo) {
        return "payment-suspense/" + provider + "/" + tradeNo;
    }
}
