package io.apihub.billing.payment;

import io.apihub.billing.access.Caller;
import io.apihub.billing.account.Accounts;
import io.apihub.billing.account.PlatformAccount;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.ledger.Ledger;
import io.apihub.billing.ledger.Posting;
import io.apihub.billing.ledger.TransactionKind;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Where people decide what becomes of money in suspense. Each of it is decided once: the decision,
 * the ledger, the order's problem and the audit change in one transaction or not at all.
 */
@Component
public class SuspenseOffice {

    private final SuspenseTable table;
    private final Orders orders;
    private final Accounts accounts;
    private final Ledger ledger;
    private final Notices notices;
    private final AuditLog audit;
    private final ApplicationEventPublisher events;

    SuspenseOffice(
            SuspenseTable table,
            Refunds.Books books,
            AuditLog audit,
            ApplicationEventPublisher events) {
        this.table = table;
        this.orders = books.orders();
        this.accounts = books.accounts();
        this.ledger = books.ledger();
        this.notices = books.notices();
        this.audit = audit;
        this.events = events;
    }

    /** What came of a decision. */
    public enum Outcome {
        DONE,
        /** It was decided before. */
        REPEATED,
        /** The operator does not know the tenant, so that it has no account. */
        NO_ACCOUNT
    }

    /** Gives it to a tenant as credit, without a bonus. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Outcome credit(Suspense item, UUID tenant, Caller person, String reason) {
        orders.lock(item.order());
        var account = accounts.lock(List.of(tenant)).get(tenant);
        if (account == null) {
            return Outcome.NO_ACCOUNT;
        }
        if (!table.decide(item.id(), Suspense.State.CREDITED, tenant, person.name(), reason)) {
            return Outcome.REPEATED;
        }
        post(item, TransactionKind.TOP_UP, "credit", account.id(), person, reason);
        record(
                item,
                "suspense.credited",
                person,
                Map.of("tenantId", tenant.toString(), "reason", reason));
        events.publishEvent(
                new SuspenseCredited(
                        item.id(), item.order(), item.ordered(), tenant, item.value()));
        return Outcome.DONE;
    }

    /** Writes down that the payer has it again; the money itself goes another way. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Outcome returned(Suspense item, Caller person, String reason) {
        orders.lock(item.order());
        if (!table.decide(item.id(), Suspense.State.RETURNED, null, person.name(), reason)) {
            return Outcome.REPEATED;
        }
        long clearing = accounts.id(PlatformAccount.PAYMENT_CLEARING);
        post(item, TransactionKind.REFUND, "returned", clearing, person, reason);
        record(item, "suspense.returned", person, Map.of("reason", reason));
        return Outcome.DONE;
    }

    private void post(
            Suspense item,
            TransactionKind kind,
            String step,
            long to,
            Caller person,
            String reason) {
        ledger.post(
                Posting.transfer(
                                kind,
                                Crediting.suspenseReference(item.provider(), item.tradeNo())
                                        + "/"
                                        + step,
                                accounts.id(PlatformAccount.SUSPENSE),
                                to,
                                item.value())
                        .by(person.name(), reason));
    }

    private void record(Suspense item, String action, Caller person, Map<String, String> detail) {
        if (table.open(item.order()) == 0) {
            orders.problem(item.order(), "");
        }
        var order = orders.find(item.order()).orElseThrow();
        notices.add(Notices.Notice.of(order, "person", action, item.tradeNo()));
        audit.record(person, action, "order/" + item.order(), detail);
    }
}
