package io.apihub.crd.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A customer: what the platform allows it. Cluster-scoped; the platform's. */
@Group("apihub.io")
@Version("v1alpha1")
@ShortNames("tnt")
public final class Tenant extends CustomResource<Tenant.Spec, Tenant.Status> {

    private static final long serialVersionUID = 1L;

    /**
     * What the platform declares.
     *
     * @param namespace where the tenant's ApiKeys and Quotas live; can't be changed
     * @param suspended stops every key of the tenant at once
     * @param allowedModels globs; empty means all that any Upstream serves
     * @param limits the ceiling shared by all keys of the tenant
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Spec(
            @Nullable String displayName,
            String namespace,
            Boolean suspended,
            Billing billing,
            Keys keys,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> allowedModels,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<LimitSpec> limits) {

        public Spec {
            suspended = Defaults.value(suspended, false);
            billing = Defaults.value(billing, Billing.DEFAULT);
            keys = Defaults.value(keys, Keys.DEFAULT);
            allowedModels = Defaults.list(allowedModels);
            limits = Defaults.list(limits);
        }
    }

    /**
     * How the tenant pays.
     *
     * @param creditLimit decimal; what the balance may go below zero by
     * @param priceFactor decimal, 0 to 1000; multiplies the price book
     * @param clamp near the limit, lower the request's maximum instead of refusing
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Billing(BillingMode mode, String creditLimit, String priceFactor, Boolean clamp) {

        static final Billing DEFAULT = new Billing(BillingMode.PREPAID, "0", "1", true);

        public Billing {
            mode = Defaults.value(mode, BillingMode.PREPAID);
            creditLimit = Defaults.value(creditLimit, "0");
            priceFactor = Defaults.value(priceFactor, "1");
            clamp = Defaults.value(clamp, true);
        }
    }

    /** Whether use is paid for before, paid for after up to a credit limit, or only counted. */
    public enum BillingMode {
        @JsonProperty("Prepaid")
        PREPAID,
        @JsonProperty("Postpaid")
        POSTPAID,
        @JsonProperty("Unmetered")
        UNMETERED
    }

    /**
     * Caps on the tenant's keys.
     *
     * @param max how many ApiKeys may be in force at once
     * @param maxTtl the longest life of a key, from its creation; absent means no cap
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Keys(Integer max, @Nullable TimeSpan maxTtl) {

        static final Keys DEFAULT = new Keys(100, null);

        public Keys {
            max = Defaults.value(max, 100);
        }
    }

    /**
     * What the operator observed.
     *
     * @param tenantId the uid at first sight, to which ledger and usage refer
     * @param keyCount how many ApiKeys the tenant has
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Status(
            @Nullable Long observedGeneration,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Condition> conditions,
            @Nullable String tenantId,
            @Nullable Integer keyCount) {

        public Status {
            conditions = Defaults.list(conditions);
        }
    }
}
