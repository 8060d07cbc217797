package io.apihub.billing.plan;

import io.apihub.billing.account.Tenant;
import io.apihub.billing.account.Tenants;
import io.apihub.billing.kube.FieldsKept;
import io.apihub.billing.kube.ProvisioningFailed;
import io.apihub.billing.kube.TenantTerms;
import io.apihub.billing.plan.Applications.Application;
import io.apihub.billing.plan.FaultPoint.Step;
import io.apihub.billing.settings.Settings;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Makes Tenant resources as plans say. A wish stands in a table; what is there is done over and
 * over until it is done, by whichever process, one at a time for each Tenant. Each step may be
 * repeated, and the Tenant changes in one request or not at all.
 */
@Component
class Applying {

    private static final Logger LOG = LoggerFactory.getLogger(Applying.class);

    private final Applications applications;
    private final Tenants tenants;
    private final TenantTerms terms;
    private final FaultPoint fault;
    private final TransactionTemplate transactions;
    private final String registration;

    Applying(
            Applications applications,
            Tenants tenants,
            TenantTerms terms,
            FaultPoint fault,
            TransactionTemplate transactions,
            Settings settings) {
        this.applications = applications;
        this.tenants = tenants;
        this.terms = terms;
        this.fault = fault;
        this.transactions = transactions;
        this.registration = settings.identity().registration().template();
    }

    /** Does what comes next of a tenant's wish. Waits for Kubernetes. */
    void apply(UUID tenant) {
        // The lock ends with the transaction, and so with the process, wherever it ends.
        transactions.executeWithoutResult(status -> {
            if (applications.tryLock(tenant)) {
                applications.find(tenant).ifPresent(this::step);
            }
        });
    }

    private void step(Application wish) {
        var tenant = tenants.find(wish.tenant()).filter(one -> !one.deleted());
        boolean neverChanged = wish.base() == null && wish.wanted() == null;
        if (tenant.isEmpty() || neverChanged) {
            applications.done(wish);
            return;
        }
        try {
            step(wish, tenant.get());
        } catch (ProvisioningFailed e) {
            LOG.warn("plan of tenant {}: {}", tenant.get().name(), e.getMessage());
            applications.putOff(
                    wish.tenant(), String.valueOf(e.getMessage()), e instanceof FieldsKept);
        }
    }

    private void step(Application wish, Tenant tenant) {
        var base = wish.base();
        if (base == null) {
            // Committed before the Tenant changes: afterwards nobody could tell.
            var before = terms.templateOf(tenant.id(), tenant.name()).orElse(registration);
            applications.noteBase(wish.tenant(), before);
            fault.reached(Step.NOTED);
            return;
        }
        var wanted = wish.wanted();
        if (wanted != null || !isOf(tenant, base)) {
            fault.reached(Step.APPLYING);
            terms.apply(tenant.id(), tenant.name(), wanted == null ? base : wanted);
            fault.reached(Step.APPLIED);
        }
        applications.done(wish);
    }

    /** Who has the way back behind it, or never left, is let alone: somebody else may keep it. */
    private boolean isOf(Tenant tenant, String template) {
        return terms.templateOf(tenant.id(), tenant.name()).orElse(registration).equals(template);
    }
}
