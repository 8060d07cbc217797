package io.apihub.billing.payment;

import io.apihub.billing.access.Caller;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.budget.CreditOffice;
import io.apihub.billing.budget.CreditRounds;
import io.apihub.billing.payment.epay.Charge;
import io.apihub.billing.payment.epay.EpayClients;
import io.apihub.billing.payment.epay.PayCode;
import io.apihub.billing.payment.epay.Told;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.settings.Payments;
import io.apihub.billing.settings.Settings;
import io.apihub.model.money.Credits;
import java.math.BigDecimal;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** What people do with orders: make one, go and pay, decide one by hand, have money given back. */
@Component
public class Cashier {

    /** Platforms show it to the payer, and cut it at 64 characters. */
    private static final String PRODUCT = "API credit";

    private final Payments payments;
    private final Orders orders;
    private final Crediting crediting;
    private final Refunds refunds;
    private final EpayClients clients;
    private final CreditRounds rounds;
    private final Notices notices;
    private final AuditLog audit;
    private final RandomGenerator random;

    /** What is written when somebody does something. */
    @Component
    record Books(
            Orders orders, Crediting crediting, Refunds refunds, Notices notices, AuditLog audit) {}

    Cashier(
            Settings settings,
            Books books,
            EpayClients clients,
            CreditOffice office,
            RandomGenerator random) {
        this.payments = settings.payments();
        this.orders = books.orders();
        this.crediting = books.crediting();
        this.refunds = books.refunds();
        this.notices = books.notices();
        this.audit = books.audit();
        this.clients = clients;
        this.rounds = office.rounds();
        this.random = random;
    }

    /** What somebody wants to buy; checked by who asks. */
    public record Wish(Payments.PayProvider provider, String type, Credits credit) {}

    /**
     * Makes an order, with today's terms.
     *
     * @throws Refused 409 if the tenant has too many that nobody paid
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public PaymentOrder open(Tenant tenant, Caller caller, Wish wish) {
        return open(tenant, caller, wish, payments.topUps().bonus(wish.credit()));
    }

    /** The same for credit that is meant for something else than to be had. */
    @Transactional(propagation = Propagation.MANDATORY)
    public PaymentOrder openWithoutBonus(Tenant tenant, Caller caller, Wish wish) {
        return open(tenant, caller, wish, Credits.ZERO);
    }

    private PaymentOrder open(Tenant tenant, Caller caller, Wish wish, Credits bonus) {
        if (orders.pending(tenant.id()) >= payments.topUps().mostPending()) {
            throw new Refused(
                    Problem.conflict(
                            "too-many-open-orders",
                            "The tenant has "
                                    + payments.topUps().mostPending()
                                    + " orders that nobody paid yet. Pay one of them, or wait until"
                                    + " they expire."));
        }
        var provider = wish.provider();
        var draft =
                new Orders.Draft(
                        OrderNumber.next(random),
                        tenant.id(),
                        caller.user(),
                        caller.name(),
                        provider.name(),
                        wish.type(),
                        wish.credit(),
                        bonus,
                        Price.of(wish.credit(), provider.terms()));
        var order = orders.add(draft, payments.topUps().lifetime(), PollSchedule.first());
        audit.record(
                caller,
                "order.created",
                "order/" + order.id(),
                Map.of("tenantId", tenant.id().toString(), "amount", order.credit().toDecimal()));
        return order;
    }

    /** Where a browser goes to pay; empty if there is nothing to pay, or nobody to pay to. */
    public Optional<URI> page(PaymentOrder order) {
        return order.state() == OrderState.PENDING
                ? payments.provider(order.provider())
                        .map(provider -> clients.of(provider.name()).page(charge(order)))
                : Optional.empty();
    }

    /**
     * Writes down that somebody is about to ask for a code: what the platform does then, it did.
     */
    @Transactional
    public void codeAsked(PaymentOrder order, Caller caller) {
        audit.record(caller, "order.code-asked", "order/" + order.id(), Map.of());
    }

    /**
     * Asks the platform for a code to pay by; a repeat gets the same one. Waits for the platform.
     *
     * @param address the payer's
     * @throws IllegalArgumentException if there is nobody to pay to
     */
    public Told<PayCode> code(PaymentOrder order, String address) {
        var told = clients.of(order.provider()).create(charge(order), address);
        if (told instanceof Told.No<PayCode>) {
            // It may be paid, and nobody told us yet.
            orders.pollNow(order);
        }
        return told;
    }

    /** Whether there is somebody to pay to: the provider may not be configured any more. */
    public boolean isPayable(PaymentOrder order) {
        return clients.find(order.provider()).isPresent();
    }

    private Charge charge(PaymentOrder order) {
        return new Charge(
                order.outTradeNo(),
                order.type(),
                order.price().amount(),
                PRODUCT,
                payments.notifyUrl(order.provider()),
                payments.returnUrl());
    }

    /**
     * Credits an order by a person's word.
     *
     * @return false if it has been paid already
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public boolean credit(UUID order, Caller administrator, String reason) {
        var outcome = crediting.decide(order, administrator.name(), reason);
        if (outcome == Crediting.Outcome.REPEATED) {
            return false;
        }
        var found = orders.find(order).orElseThrow();
        notices.add(Notices.Notice.of(found, "person", "credited", reason));
        audit.record(administrator, "order.credited", "order/" + order, Map.of("reason", reason));
        return true;
    }

    /**
     * Calls leases back so that a refund may find the credit there. Not in a transaction.
     *
     * @param amount that is to be given back; null: all that is left
     */
    public void makeRoom(PaymentOrder order, @Nullable BigDecimal amount) {
        var most = order.refundable();
        var part = Part.of(order, amount == null ? most : amount.min(most));
        rounds.makeRoom(order.tenant(), part.whole().micros());
    }

    /** How a refund began, or why it did not. */
    public enum Returning {
        BEGUN,
        /** Another one of the order is not at its end. */
        UNDER_WAY,
        /** More than is left of what was paid. */
        TOO_MUCH,
        /** The order is not credited, or was not paid through the platform. */
        NOT_REFUNDABLE
    }

    /**
     * Begins to give a payment back, or a part of it; the rest goes on by itself.
     *
     * @param amount in the order's currency; null: all that is left
     * @throws io.apihub.billing.ledger.NotCovered if the tenant has spent or leased it
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Returning refund(
            UUID order, @Nullable BigDecimal amount, Caller administrator, String reason) {
        var wish = new Refunds.Wish(amount, administrator.name(), reason);
        var begun = refunds.reserve(OrderNumber.next(random), order, wish);
        if (begun == Returning.BEGUN) {
            var detail = new LinkedHashMap<>(Map.of("reason", reason));
            if (amount != null) {
                detail.put("amount", amount.toPlainString());
            }
            audit.record(administrator, "order.refunded", "order/" + order, detail);
        }
        return begun;
    }
}
