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
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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

    private static final Logger LOG = LoggerFactory.getLogger(Refunds.class);

    /** After so many refusals in clear words the platform is believed. */
    private static final int REFUSALS = 3;

    /** About two minutes, by the pauses between tries. */
    private static final int PATIENT_TRIES = 7;

    /** About an hour, by the same pauses: somebody should look at it. */
    private static final int MANY_TRIES = 15;

    /** What an order's problem begins with that ends with its refund. */
    private static final String PROBLEM = "refund: ";

    private static final String UNCONFIGURED = "the provider is not configured any more";
    private static final String AFTER_ALL =
            "the tenant has the credit of a refund again, and the platform gave it back after all:"
                    + " ";
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
        return Objects.requireNonNull(accounts.lock(List.of(order.tenant())).get(order.tenant()));
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
        var client = clients.find(order.provider());
        if (client.isEmpty()) {
            abandoned(order, refund);
            return;
        }
        var going =
                new Going(
                        order,
                        refund,
                        client.get(),
                        Ref.trade(Objects.requireNonNull(order.tradeNo())),
                        new GiveBack(refund.number(), refund.part().amount(), order.refunded()));
        switch (refund.state()) {
            case RESERVED -> begin(going, going.found());
            case SENT -> goOn(going, going.found());
            case RETURNED -> watch(going);
            case DONE -> refunds.watchNoMore(refund);
        }
    }

    /** Its provider is not configured any more: nobody can be asked. */
    private void abandoned(PaymentOrder order, Refund refund) {
        if (refund.state() == Refund.State.RETURNED) {
            refunds.watchOn(refund);
            return;
        }
        orders.problem(order.id(), PROBLEM + UNCONFIGURED);
        refunds.putOff(refund, UNCONFIGURED);
    }

    /** A refund on its way through a platform. */
    private record Going(
            PaymentOrder order, Refund refund, EpayClient client, Ref ref, GiveBack back) {

        Told<Standing> found() {
            return client.refunded(ref, back);
        }

        /**
         * A part that is asked for twice goes back twice, where refunds have no number: so what may
         * be under way there gets some time. All of a payment goes back once anyway.
         */
        boolean mayBeRepeated() {
            return client.knowsRefundsByNumber()
                    || back.amount().compareTo(order.price().amount()) == 0
                    || refund.tries() >= PATIENT_TRIES;
        }
    }

    /** Nobody asked for it yet: it stays so until the platform says how things are. */
    private void begin(Going going, Told<Standing> before) {
        if (!(before instanceof Told.Yes<Standing>(Standing standing))) {
            putOff(going, before.words());
            return;
        }
        if (standing == Standing.CANT_TELL) {
            // Nobody could find out what came of it.
            takeBack(going.order(), going.refund(), Refund.State.RESERVED, UNTOLD);
            return;
        }
        if (!refunds.move(going.refund(), Refund.State.RESERVED, Refund.State.SENT)) {
            return;
        }
        fault.reached(Step.SENT);
        if (standing == Standing.NOT_DONE) {
            ask(going);
        } else {
            decide(going, before, before.words());
        }
    }

    private void goOn(Going going, Told<Standing> before) {
        boolean ask =
                before instanceof Told.Yes<Standing>(Standing standing)
                        && standing == Standing.NOT_DONE
                        && going.mayBeRepeated();
        if (ask) {
            ask(going);
        } else {
            decide(going, before, before.words());
        }
    }

    /** The tenant has the credit again: the payer must not have the money too. */
    private void watch(Going going) {
        var order = going.order();
        boolean done =
                order.state() == OrderState.CREDITED
                        && going.found() instanceof Told.Yes<Standing>(Standing standing)
                        && standing == Standing.DONE;
        if (!done) {
            refunds.watchOn(going.refund());
            return;
        }
        refunds.watchNoMore(going.refund());
        orders.problem(order.id(), AFTER_ALL + going.back().amount().toPlainString());
        notices.add(Notices.Notice.of(order, "refund", "differs", AFTER_ALL));
        LOG.error("order {}: {}{}", order.id(), AFTER_ALL, going.back().amount());
    }

    private static boolean isUntold(Told<Standing> told) {
        return told instanceof Told.Yes<Standing>(Standing standing)
                && standing == Standing.CANT_TELL;
    }

    private void ask(Going going) {
        var answer = going.client().refund(going.ref(), going.back());
        fault.reached(Step.GIVEN_BACK);
        var after = going.found();
        boolean refused =
                answer instanceof Told.No<String>
                        && after instanceof Told.Yes<Standing>(Standing standing)
                        && standing == Standing.NOT_DONE
                        && refunds.refused(going.refund()) >= REFUSALS;
        if (refused) {
            fault.reached(Step.RETURNED);
            takeBack(going.order(), going.refund(), Refund.State.SENT, answer.words());
        } else {
            decide(going, after, answer.words());
        }
    }

    private void decide(Going going, Told<Standing> told, String words) {
        if (told instanceof Told.Yes<Standing>(Standing standing) && standing == Standing.DONE) {
            fault.reached(Step.FINISHING);
            finish(going.order(), going.refund(), Refund.State.SENT, words);
            return;
        }
        putOff(going, isUntold(told) ? UNTOLD : words);
    }

    private void putOff(Going going, String words) {
        if (words.equals(UNTOLD) || going.refund().tries() >= MANY_TRIES) {
            orders.problem(going.order().id(), PROBLEM + words);
        }
        refunds.putOff(going.refund(), words);
    }

    /**
     * Ends a refund by a person's word, where the platform can't tell or is gone. Moves no money.
     *
     * @param done the payer has the money; otherwise the tenant has the credit again
     * @return false if it was at its end before
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public boolean end(Refund refund, boolean done, String person, String reason) {
        var order = orders.find(refund.order()).orElseThrow();
        var decided = refund.by(person, reason);
        return switch (refund.state()) {
            case RESERVED, SENT ->
                    done
                            ? finish(order, decided, refund.state(), reason)
                            : takeBack(order, decided, refund.state(), reason);
            case DONE, RETURNED -> false;
        };
    }

    private boolean finish(PaymentOrder order, Refund refund, Refund.State from, String words) {
        return Boolean.TRUE.equals(
                transactions.execute(status -> {
                    var locked = orders.lock(order.id());
                    if (!refunds.move(refund, from, Refund.State.DONE)) {
                        return false;
                    }
                    var part = refund.part();
                    var entries = new ArrayList<Entry>();
                    entries.add(
                            new Entry(
                                    accounts.id(PlatformAccount.SUSPENSE), part.whole().negated()));
                    if (part.credit().isPositive()) {
                        entries.add(
                                new Entry(
                                        accounts.id(PlatformAccount.PAYMENT_CLEARING),
                                        part.credit()));
                    }
                    if (part.bonus().isPositive()) {
                        entries.add(new Entry(accounts.id(PlatformAccount.GRANTS), part.bonus()));
                    }
                    post(order, refund, "done", entries);
                    orders.noProblem(order.id(), PROBLEM);
                    orders.noProblem(order.id(), Missing.PROBLEM);
                    orders.refunded(locked, part.amount());
                    notices.add(Notices.Notice.of(order, "refund", "refunded", words));
                    return true;
                }));
    }

    private boolean takeBack(PaymentOrder order, Refund refund, Refund.State from, String words) {
        return Boolean.TRUE.equals(
                transactions.execute(status -> {
                    var locked = orders.lock(order.id());
                    if (!refunds.move(refund, from, Refund.State.RETURNED)) {
                        return false;
                    }
                    if (from == Refund.State.SENT) {
                        refunds.watch(refund);
                    }
                    post(order, refund, "return", entriesOf(order, refund.part().whole()));
                    orders.move(locked, OrderState.REFUNDING, OrderState.CREDITED);
                    orders.noProblem(order.id(), PROBLEM);
                    notices.add(Notices.Notice.of(order, "refund", "refused", words));
                    return true;
                }));
    }
}
