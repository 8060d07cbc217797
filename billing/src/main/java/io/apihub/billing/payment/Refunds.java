package io.apihub.billing.payment;

import io.apihub.billing.account.Accounts;
import io.apihub.billing.account.PlatformAccount;
import io.apihub.billing.ledger.Entry;
import io.apihub.billing.ledger.Ledger;
import io.apihub.billing.ledger.Posting;
import io.apihub.billing.ledger.TransactionKind;
import io.apihub.billing.payment.FaultPoint.Step;
import io.apihub.billing.payment.epay.EpayClient.Ref;
import io.apihub.billing.payment.epay.EpayClients;
import io.apihub.billing.payment.epay.Told;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
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

    private final Orders orders;
    private final RefundTable refunds;
    private final Accounts accounts;
    private final Ledger ledger;
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
            Notices notices) {}

    Refunds(Books books, EpayClients clients, TransactionTemplate transactions, FaultPoint fault) {
        this.orders = books.orders();
        this.refunds = books.refunds();
        this.accounts = books.accounts();
        this.ledger = books.ledger();
        this.notices = books.notices();
        this.clients = clients;
        this.transactions = transactions;
        this.fault = fault;
    }

    /**
     * Takes the credit back and sets it apart.
     *
     * @return false if the order is not credited, or was refunded already
     * @throws io.apihub.billing.ledger.NotCovered if the tenant has spent or leased it
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public boolean reserve(UUID refund, UUID id, String actor, String reason) {
        var order = orders.lock(id);
        if (order.state() != OrderState.CREDITED || order.tradeNo() == null) {
            return false;
        }
        refunds.add(refund, id, actor, reason);
        orders.move(order, OrderState.CREDITED, OrderState.REFUNDING);
        post(order, refund, "reserve", actor, reason, entriesOf(order, true));
        return true;
    }

    private List<Entry> entriesOf(PaymentOrder order, boolean fromTenant) {
        var account =
                Objects.requireNonNull(accounts.lock(List.of(order.tenant())).get(order.tenant()));
        var amount = fromTenant ? order.whole().negated() : order.whole();
        return List.of(
                new Entry(account.id(), amount),
                new Entry(accounts.id(PlatformAccount.SUSPENSE), amount.negated()));
    }

    private void post(
            PaymentOrder order,
            UUID refund,
            String step,
            String actor,
            String reason,
            List<Entry> entries) {
        ledger.post(
                new Posting(
                        TransactionKind.REFUND,
                        "refund/" + OrderNumber.text(refund) + "/" + step,
                        actor,
                        reason,
                        "order " + order.outTradeNo(),
                        entries));
    }

    /** Does what comes next of a refund that this process has claimed. */
    void advance(Refund refund) {
        var order = orders.find(refund.order()).orElseThrow();
        if (refund.state() == Refund.State.RESERVED) {
            refunds.move(refund, Refund.State.RESERVED, Refund.State.SENT);
            fault.reached(Step.SENT);
        }
        var client = clients.of(order.provider());
        var ref = Ref.trade(Objects.requireNonNull(order.tradeNo()));
        var before = client.refunded(ref, refund.number());
        if (!(before instanceof Told.Yes<Boolean> known) || known.value()) {
            decide(order, refund, before, before.words());
            return;
        }
        var answer = client.refund(ref, order.price().amount(), refund.number());
        fault.reached(Step.GIVEN_BACK);
        var after = client.refunded(ref, refund.number());
        boolean refused =
                answer instanceof Told.No<String>
                        && after instanceof Told.Yes<Boolean> yes
                        && !yes.value()
                        && refund.tries() >= REFUSALS;
        if (refused) {
            fault.reached(Step.RETURNED);
            takeBack(order, refund, answer.words());
        } else {
            decide(order, refund, after, answer.words());
        }
    }

    private void decide(PaymentOrder order, Refund refund, Told<Boolean> refunded, String words) {
        if (refunded instanceof Told.Yes<Boolean> yes && yes.value()) {
            fault.reached(Step.FINISHING);
            finish(order, refund, words);
        } else {
            refunds.putOff(refund, words);
        }
    }

    private void finish(PaymentOrder order, Refund refund, String words) {
        transactions.executeWithoutResult(status -> {
            var locked = orders.lock(order.id());
            if (!refunds.move(refund, Refund.State.SENT, Refund.State.DONE)) {
                return;
            }
            var entries = new ArrayList<Entry>();
            entries.add(new Entry(accounts.id(PlatformAccount.SUSPENSE), order.whole().negated()));
            entries.add(new Entry(accounts.id(PlatformAccount.PAYMENT_CLEARING), order.credit()));
            if (order.bonus().isPositive()) {
                entries.add(new Entry(accounts.id(PlatformAccount.GRANTS), order.bonus()));
            }
            post(order, refund.id(), "done", refund.actor(), refund.reason(), entries);
            orders.move(locked, OrderState.REFUNDING, OrderState.REFUNDED);
            notices.add(Notices.Notice.of(order, "refund", "refunded", words));
        });
    }

    private void takeBack(PaymentOrder order, Refund refund, String words) {
        transactions.executeWithoutResult(status -> {
            var locked = orders.lock(order.id());
            if (!refunds.move(refund, Refund.State.SENT, Refund.State.RETURNED)) {
                return;
            }
            post(
                    order,
                    refund.id(),
                    "return",
                    refund.actor(),
                    refund.reason(),
                    entriesOf(order, false));
            orders.move(locked, OrderState.REFUNDING, OrderState.CREDITED);
            notices.add(Notices.Notice.of(order, "refund", "refused", words));
        });
    }
}
