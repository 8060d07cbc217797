package io.apihub.billing.plan.rest;

import io.apihub.billing.kube.ProvisioningFailed;
import io.apihub.billing.kube.TenantTerms;
import io.apihub.billing.plan.PlanTerms;
import io.apihub.billing.plan.PlanVersion;
import io.apihub.billing.plan.Plans;
import io.apihub.billing.plan.Subscriptions;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.Fields;
import io.apihub.billing.rest.MoneyFields;
import io.apihub.model.money.Credits;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads what bodies say of plans; what is refused names the field and says what is allowed. */
@Component
class PlanFields {

    private static final Pattern NAME = Pattern.compile("[a-z]([a-z0-9-]{0,38}[a-z0-9])?");
    private static final Pattern ZERO = Pattern.compile("0(\\.0{1,6})?");
    private static final int MAX_DISPLAY_NAME = 100;
    private static final int MAX_DESCRIPTION = 500;
    private static final int USUAL_GRACE_DAYS = 3;

    private final Plans plans;
    private final Subscriptions subscriptions;
    private final TenantTerms templates;

    PlanFields(Plans plans, Subscriptions subscriptions, TenantTerms templates) {
        this.plans = plans;
        this.subscriptions = subscriptions;
        this.templates = templates;
    }

    static String name(@Nullable String name) {
        if (name == null || !NAME.matcher(name).matches()) {
            throw new Refused(
                    Problem.invalid(
                            "name",
                            "Must have 1 to 40 characters a-z, 0-9 and -, begin with a letter and"
                                    + " end with a letter or digit."));
        }
        return name;
    }

    /**
     * Reads the terms of a plan. Asks Kubernetes for the template.
     *
     * @throws Refused 400, or 503 if Kubernetes does not answer
     */
    PlanTerms terms(PlanController.TermsOfPlan body) {
        var description = body.description();
        if (body.period() == null) {
            throw new Refused(Problem.invalid("period", "Must be MONTH or YEAR."));
        }
        return new PlanTerms(
                Fields.name("displayName", body.displayName(), MAX_DISPLAY_NAME),
                description == null || description.isBlank()
                        ? ""
                        : Fields.name("description", description, MAX_DESCRIPTION),
                amount("price", body.price()),
                body.period(),
                amount(
                        "includedCredit",
                        body.includedCredit() == null ? "0" : body.includedCredit()),
                graceDays(body.graceDays()),
                template(body.template()));
    }

    /** Zero or more. */
    static Credits amount(String field, @Nullable String text) {
        return text != null && ZERO.matcher(text).matches()
                ? Credits.ZERO
                : MoneyFields.positive(field, text);
    }

    private static int graceDays(@Nullable Integer days) {
        int count = days == null ? USUAL_GRACE_DAYS : days;
        if (count < 0 || count > PlanTerms.MOST_GRACE_DAYS) {
            throw new Refused(
                    Problem.invalid(
                            "graceDays", "Must be 0 to " + PlanTerms.MOST_GRACE_DAYS + "."));
        }
        return count;
    }

    private @Nullable String template(@Nullable String template) {
        if (template == null) {
            return null;
        }
        try {
            var known = templates.templates();
            if (!known.contains(template)) {
                throw new Refused(
                        Problem.invalid(
                                "template",
                                "Must be a template of ConfigMap tenant-templates: "
                                        + String.join(", ", known)
                                        + "; or missing."));
            }
            return template;
        } catch (ProvisioningFailed e) {
            throw new Refused(
                    Problem.unavailable(
                            "The templates can't be read now: " + e.getMessage() + "; try again."));
        }
    }

    /**
     * The version of a plan that is for sale.
     *
     * @throws Refused 400
     */
    PlanVersion forSale(@Nullable String plan) {
        return plans.find(plan == null ? "" : plan)
                .filter(version -> version.retiredAt() == null)
                .orElseThrow(() ->
                        new Refused(
                                Problem.invalid(
                                        "plan", "Must be the name of a plan that is for sale.")));
    }

    /**
     * What a tenant may change to: a plan that is for sale, or the version that it has, so that a
     * change that is planned can be taken back.
     *
     * @throws Refused 400
     */
    PlanVersion wanted(UUID tenant, @Nullable String plan) {
        var held =
                subscriptions
                        .current(tenant)
                        .filter(current -> current.next() != null)
                        .map(current -> plans.version(current.version()))
                        .filter(version -> version.name().equals(plan));
        return held.orElseGet(() -> forSale(plan));
    }
}
