package io.apihub.billing.registration;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Role;
import io.apihub.billing.account.Accounts;
import io.apihub.billing.account.PlatformAccount;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.kube.NameTaken;
import io.apihub.billing.kube.ProvisioningFailed;
import io.apihub.billing.kube.TenantProvisioning;
import io.apihub.billing.ledger.Ledger;
import io.apihub.billing.ledger.Posting;
import io.apihub.billing.ledger.TransactionKind;
import io.apihub.billing.registration.FaultPoint.Moment;
import io.apihub.billing.user.Memberships;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Does one step of a registration. Each step is safe to repeat: the Tenant is found again by the
 * registration that made it, a membership is there once, and a trial's reference is posted once. So
 * a process may end at any instant, and whoever comes next goes on from what is written.
 */
@Component
class Saga {

    private final ObjectProvider<TenantProvisioning> provisioning;
    private final Memberships memberships;
    private final Accounts accounts;
    private final Ledger ledger;
    private final Registrations registrations;
    private final AuditLog audit;
    private final FaultPoint fault;
    private final TransactionTemplate transactions;

    Saga(
            ObjectProvider<TenantProvisioning> provisioning,
            Memberships memberships,
            Books books,
            Progress progress,
            TransactionTemplate transactions) {
        this.provisioning = provisioning;
        this.memberships = memberships;
        this.accounts = books.accounts();
        this.ledger = books.ledger();
        this.registrations = progress.registrations();
        this.audit = progress.audit();
        this.fault = progress.fault();
        this.transactions = transactions;
    }

    /** Where it is written how far a registration is, and where a process may end. */
    @Component
    record Progress(Registrations registrations, AuditLog audit, FaultPoint fault) {}

    /** Where money is kept. */
    @Component
    record Books(Accounts accounts, Ledger ledger) {}

    /**
     * Does the step that comes next.
     *
     * @return where the registration is now; the same step if it has to wait
     */
    Step advance(Registration registration) {
        fault.reached(Moment.CLAIMED);
        return switch (registration.step()) {
            case PROVISIONING -> provision(registration);
            case OPENING -> open(registration);
            case VERIFYING, DONE, NAME_TAKEN -> registration.step();
        };
    }

    private Step provision(Registration registration) {
        UUID tenant;
        try {
            tenant =
                    provisioning
                            .getObject()
                            .provision(
                                    registration.id(),
                                    registration.tenantName(),
                                    registration.displayName(),
                                    registration.template());
        } catch (NameTaken e) {
            registrations.advance(registration.id(), Step.NAME_TAKEN, null);
            return Step.NAME_TAKEN;
        } catch (ProvisioningFailed e) {
            registrations.putOff(registration.id(), String.valueOf(e.getMessage()));
            return Step.PROVISIONING;
        }
        fault.reached(Moment.TENANT_MADE);
        transactions.executeWithoutResult(status -> {
            memberships.add(tenant, registration.user(), Role.OWNER);
            record(registration, "registration.tenant-made", tenant);
            registrations.advance(registration.id(), Step.OPENING, tenant);
            fault.reached(Moment.JOINING);
        });
        fault.reached(Moment.JOINED);
        return Step.OPENING;
    }

    /** The operator may not have seen the Tenant yet; then there is no account to open. */
    private Step open(Registration registration) {
        var step =
                transactions.execute(status -> {
                    var tenant = Objects.requireNonNull(registration.tenant());
                    var account = accounts.lock(List.of(tenant)).get(tenant);
                    if (account == null) {
                        registrations.putOff(registration.id(), "the operator has no such tenant");
                        return Step.OPENING;
                    }
                    if (registration.trial().isPositive()) {
                        grant(registration, account.id());
                    }
                    record(registration, "registration.done", tenant);
                    registrations.advance(registration.id(), Step.DONE, null);
                    fault.reached(Moment.GRANTING);
                    return Step.DONE;
                });
        if (step == Step.DONE) {
            fault.reached(Moment.DONE);
        }
        return Objects.requireNonNull(step);
    }

    private void grant(Registration registration, long account) {
        ledger.post(
                Posting.transfer(
                                TransactionKind.GRANT,
                                "trial/" + registration.id(),
                                accounts.id(PlatformAccount.GRANTS),
                                account,
                                registration.trial())
                        .by(Posting.SYSTEM, "trial"));
    }

    private void record(Registration registration, String action, UUID tenant) {
        audit.record(
                new Caller("user/" + registration.user(), registration.user(), false, Map.of()),
                action,
                "tenant/" + registration.tenantName(),
                Map.of("tenantId", tenant.toString()));
    }
}
