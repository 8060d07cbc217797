package io.apihub.crd.v1alpha1;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.crd.generator.annotation.SchemaFrom;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prices from an instant on. The spec can't be changed. Cluster-scoped; the platform's. */
@Group("apihub.io")
@Version("v1alpha1")
@ShortNames("pb")
public final class PriceBook extends CustomResource<PriceBook.Spec, PriceBook.Status> {

    private static final long serialVersionUID = 1L;

    /**
     * What the platform declares.
     *
     * @param currency ISO 4217 code; must be the installation's
     * @param effectiveFrom in force from here, or from its acceptance if that is later
     * @param prices in the order that decides between equally specific patterns
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Spec(
            String currency,
            @JsonFormat(shape = JsonFormat.Shape.STRING) @SchemaFrom(type = String.class)
                    Instant effectiveFrom,
            List<Price> prices) {

        public Spec {
            prices = Defaults.list(prices);
        }
    }

    /**
     * The prices of the models that a pattern matches. Unit: currency per million tokens, as
     * decimals of at most six places.
     *
     * @param model an exact name, or a glob with {@code *}
     * @param cachedInput when absent {@code input}
     * @param cacheWrite when absent {@code input}
     * @param cacheWrite1h when absent {@code cacheWrite}
     * @param perRequest currency per request; absent means that images, audio and uploads, which
     *     only it can price, are refused
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Price(
            String model,
            String input,
            String cachedInput,
            String cacheWrite,
            String cacheWrite1h,
            String output,
            @Nullable String perRequest) {

        public Price {
            cachedInput = Defaults.value(cachedInput, input);
            cacheWrite = Defaults.value(cacheWrite, input);
            cacheWrite1h = Defaults.value(cacheWrite1h, cacheWrite);
        }
    }

    /** What the operator observed. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Status(
            @Nullable Long observedGeneration,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Condition> conditions) {

        public Status {
            conditions = Defaults.list(conditions);
        }
    }
}
