package io.apihub.crd.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Limits on some keys of a tenant, or on the tenant as a whole. A Quota only ever narrows. */
@Group("apihub.io")
@Version("v1alpha1")
@ShortNames("qt")
public final class Quota extends CustomResource<Quota.Spec, Quota.Status> implements Namespaced {

    private static final long serialVersionUID = 1L;

    /**
     * What the owner declares. With neither {@code selector} nor {@code keys} it is about the
     * tenant as a whole; with both it is refused.
     *
     * @param tenantRef the Tenant, which must name this namespace; can't be changed
     * @param owner who may change it; can't be changed
     * @param selector labels of ApiKeys in this namespace; empty matches all
     * @param keys names of ApiKeys in this namespace
     * @param timeZone IANA name; where calendar windows begin
     * @param limits all must hold, so the tightest decides
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Spec(
            ObjectRef tenantRef,
            Owner owner,
            @Nullable LabelSelector selector,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> keys,
            Per per,
            Mode mode,
            String timeZone,
            List<LimitSpec> limits) {

        public Spec {
            owner = Defaults.value(owner, Owner.PLATFORM);
            keys = Defaults.list(keys);
            per = Defaults.value(per, Per.TARGET);
            mode = Defaults.value(mode, Mode.ENFORCE);
            timeZone = Defaults.value(timeZone, "UTC");
            limits = Defaults.list(limits);
        }
    }

    /** Who may change the object. */
    public enum Owner {
        @JsonProperty("Platform")
        PLATFORM,
        @JsonProperty("Tenant")
        TENANT
    }

    /** One counter shared by all that is matched, or one for each key. */
    public enum Per {
        @JsonProperty("Target")
        TARGET,
        @JsonProperty("Key")
        KEY
    }

    /** Whether to refuse, or only to report what would have been refused. */
    public enum Mode {
        @JsonProperty("Enforce")
        ENFORCE,
        @JsonProperty("Shadow")
        SHADOW
    }

    /**
     * What the operator observed.
     *
     * @param matchedKeys how many ApiKeys the quota is about
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Status(
            @Nullable Long observedGeneration,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Condition> conditions,
            @Nullable Integer matchedKeys) {

        public Status {
            conditions = Defaults.list(conditions);
        }
    }
}
