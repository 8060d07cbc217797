package io.apihub.billing.payment;

import io.apihub.billing.account.Account;
import io.apihub.billing.account.Accounts;
import io.apihub.billing.account.PlatformAccount;
import io.apihub.billing.credit.ExpiringCredit;
import io.apihub.billing.ledger.Entry;
import io.apihub.billing.ledger.Ledger;
import io.apihub.billing.ledger.NotCovered;
import io.apihub.billing.ledger.Posting;
import io.apihub.billing.ledger.TransactionKind;
import io.apihub.billing.payment.FaultPoint.Step;
import io.apihub.billing.payment.epay.EpayClient;
import io.apihub.billing.payment.epay.EpayClient.Ref;
import io.apihub.billing.payment.epay.EpayClients;
import io.apihub.billing.payment.epay.GiveBack;
import io.apihub.billing.payment.epay.GiveBack.Standing;
import io.apihub.billing.payment.epay.Told;
import io.apihub.model.money.Credits;
import io.apihub.model.money.Credits;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Gives a payment back: first the credit is taken from the tenant and set apart, then the platform
 * is told, and what it does is found out by asking. Each step may be repeated by any process.
 */
@Component
class Refunds {

    /** After so many refusals in clear words the platform is believed. */
    private static final int REFUSALS = 3;

    /** About two minutes, by the pauses between tries. */
    private static final int PATIENT_TRIES = 7;

    private static final String UNTOLD = "the platform does not say how much it gave back";

    private final Orders orders;
    private final RefundTable refunds;
    private final Accounts accounts;
    private final Ledger ledger;
    private final ExpiringCredit expiring;
    private final EpayClients clients;
    private final TransactionTemplate transactions;
    private final Notices notices;
    private final FaultPoint fault;

    /** Where refunds are written. */
    @Component
    record Books(
            Orders orders,
            RefundTable refunds,
            Accounts accounts,
            Ledger ledger,
            ExpiringCredit expiring,
            Notices notices) {}

    Refunds(Books books, EpayClients clients, TransactionTemplate transactions, FaultPoint fault) {
        this.orders = books.orders();
        this.refunds = books.refunds();
        this.accounts = books.accounts();
        this.ledger = books.ledger();
        this.expiring = books.expiring();
        this.notices = books.notices();
        this.clients = clients;
        this.transactions = transactions;
        this.fault = fault;
    }

    /** What somebody wants to be given back, and why; null: all that is left. */
    record Wish(@Nullable BigDecimal amount, String actor, String reason) {}

    /**
     * Takes the credit back and sets it apart.
     *
     * @throws NotCovered if the tenant has spent or leased it
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Cashier.Returning reserve(UUID id, UUID orderId, Wish wish) {
        var order = orders.lock(orderId);
        if (order.state() == OrderState.REFUNDING) {
            return Cashier.Returning.UNDER_WAY;
        }
        if (order.state() != OrderState.CREDITED || order.tradeNo() == null) {
            return Cashier.Returning.NOT_REFUNDABLE;
        }
        var amount = wish.amount() == null ? order.refundable() : wish.amount();
        if (amount.compareTo(order.refundable()) > 0) {
            return Cashier.Returning.TOO_MUCH;
        }
        var part = Part.of(order, amount);
        if (!payable(account(order)).covers(part.whole())) {
            throw new NotCovered();
        }
        refunds.add(id, orderId, part, wish.actor(), wish.reason());
        orders.move(order, OrderState.CREDITED, OrderState.REFUNDING);
        var refund =
                new Refund(
                        id,
                        orderId,
                        part,
                        Refund.State.RESERVED,
                        wish.actor(),
                        wish.reason(),
                        0,
                        "");
        post(order, refund, "reserve", entriesOf(order, part.whole().negated()));
        return Cashier.Returning.BEGUN;
    }

    /**
     * What may be turned into money: neither what is leased, nor what may be used beyond the
     * balance, nor credit that expires: it came with a plan, and that would be had for nothing.
     */
    private Credits payable(Account account) {
        return Credits.min(
                account.balance().minus(expiring.remaining(account)),
                account.balance().minus(account.leased()));
    }

    private Account account(PaymentOrder order) {
        return Objects.requireNonNull(
                accounts.lock(List.of(order.tenant())).get(order.tenant()));
    }

    private List<Entry> entriesOf(PaymentOrder order, Credits tenants) {
        return List.of(
                new Entry(account(order).id(), tenants),
                new Entry(accounts.id(PlatformAccount.SUSPENSE), tenants.negated()));
    }

    private void post(PaymentOrder order, Refund refund, String step, List<Entry> entries) {
        ledger.post(
                new Posting(
                        TransactionKind.REFUND,
                        "refund/" + refund.number() + "/" + step,
                        refund.actor(),
                        refund.reason(),
                        "order " + order.outTradeNo(),
                        entries));
    }

    /** Does what comes next of a refund that this process has claimed. */
    void advance(Refund refund) {
        var order = orders.find(refund.order()).orElseThrow();
        var client = clients.of(order.provider());
        var ref = Ref.trade(Objects.requireNonNull(order.tradeNo()));
        var back = new GiveBack(refund.number(), refund.part().amount(), order.refunded());
        var before = client.refunded(ref, back);
        if (refund.state() == Refund.State.RESERVED) {
            if (isUntold(before)) {
                // Nobody asked for it yet, and nobody could find out what came of it.
                takeBack(order, refund, Refund.State.RESERVED, UNTOLD);
                return;
            }
            if (!refunds.move(refund, Refund.State.RESERVED, Refund.State.SENT)) {
                return;
            }
            fault.reached(Step.SENT);
        }
        boolean ask =
                before instanceof Told.Yes<Standing>(Standing standing)
                        && standing == Standing.NOT_DONE
                        && mayAsk(client, refund, order);
        if (ask) {
            ask(order, refund, () -> client.refund(ref, back), () -> client.refunded(ref, back));
        } else {
            decide(order, refund, before, before.words());
        }
    }

    private static boolean isUntold(Told<Standing> told) {
        return told instanceof Told.Yes<Standing>(Standing standing)
                && standing == Standing.CANT_TELL;
    }

    /**
     * A part that is asked for twice goes back twice, where refunds have no number: so what may be
     * under way there gets some time. All of a payment goes back once anyway.
     */
    private static boolean mayAsk(EpayClient client, Refund refund, PaymentOrder order) {
        return refund.state() == Refund.State.RESERVED
                || client.knowsRefundsByNumber()
                || refund.part().amount().compareTo(order.price().amount()) == 0
                || refund.tries() >= PATIENT_TRIES;
    }

    private void ask(
            PaymentOrder order,
            Refund refund,
            Supplier<Told<String>> asking,
            Supplier<Told<Standing>> finding) {
        var answer = asking.get();
        fault.reached(Step.GIVEN_BACK);
        var after = finding.get();
        boolean refused =
                answer instanceof Told.No<String>
                        && after instanceof Told.Yes<Standing>(Standing standing)
                        && standing == Standing.NOT_DONE
                        && refund.tries() >= REFUSALS;
        if (refused) {
            fault.reached(Step.RETURNED);
            takeBack(order, refund, Refund.State.SENT, answer.words());
        } else {
            decide(order, refund, after, answer.words());
        }
    }

    private void decide(PaymentOrder order, Refund refund, Told<Standing> told, String words) {
        if (told instanceof Told.Yes<Standing>(Standing standing) && standing == Standing.DONE) {
            fault.reached(Step.FINISHING);
            finish(order, refund, words);
            return;
        }
        if (isUntold(told)) {
            orders.problem(order.id(), UNTOLD);
        }
        refunds.putOff(refund, words);
    }

    private void finish(PaymentOrder order, Refund refund, String words) {
        transactions.executeWithoutResult(status -> {
            var locked = orders.lock(order.id());
            if (!refunds.move(refund, Refund.State.SENT, Refund.State.DONE)) {
                return;
            }
            var part = refund.part();
            var entries = new ArrayList<Entry>();
            entries.add(new Entry(accounts.id(PlatformAccount.SUSPENSE), part.whole().negated()));
            if (part.credit().isPositive()) {
                entries.add(
                        new Entry(accounts.id(PlatformAccount.PAYMENT_CLEARING), part.credit()));
            }
            if (part.bonus().isPositive()) {
                entries.add(new Entry(accounts.id(PlatformAccount.GRANTS), part.bonus()));
            }
            post(order, refund, "done", entries);
            orders.refunded(locked, part.amount());
            notices.add(Notices.Notice.of(order, "refund", "refunded", words));
        });
    }

    private void takeBack(PaymentOrder order, Refund refund, Refund.State from, String words) {
        transactions.executeWithoutResult(status -> {
            var locked = orders.lock(order.id());
            if (!refunds.move(refund, from, Refund.State.RETURNED)) {
                return;
            }
            post(order, refund, "return", entriesOf(order, refund.part().whole()));
            orders.move(locked, OrderState.REFUNDING, OrderState.CREDITED);
            notices.add(Notices.Notice.of(order, "refund", "refused", words));
        });
    }
}
