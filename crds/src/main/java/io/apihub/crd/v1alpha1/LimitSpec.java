package io.apihub.crd.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.crd.generator.annotation.SchemaFrom;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One limit of a Tenant or a Quota.
 *
 * @param name unique within its list; with the metric it can't be changed
 * @param metric what is counted
 * @param window over which time; absent exactly for {@link Metric#CONCURRENCY}
 * @param amount the most that the window may hold; money for {@link Metric#COST}, else a count
 * @param models which models count, as globs; empty means all
 * @param alertPercent percentages of the amount at which to alert, 1 to 100
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record LimitSpec(
        String name,
        Metric metric,
        @Nullable Window window,
        @SchemaFrom(type = IntOrString.class) Amount amount,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> models,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Integer> alertPercent) {

    public LimitSpec {
        models = Defaults.list(models);
        alertPercent = Defaults.list(alertPercent);
    }

    /** What a limit counts. */
    public enum Metric {
        @JsonProperty("Requests")
        REQUESTS,
        @JsonProperty("InputTokens")
        INPUT_TOKENS,
        @JsonProperty("OutputTokens")
        OUTPUT_TOKENS,
        @JsonProperty("TotalTokens")
        TOTAL_TOKENS,
        @JsonProperty("Cost")
        COST,
        @JsonProperty("Concurrency")
        CONCURRENCY
    }

    /** The time over which a limit counts; {@code TOTAL} never starts again. */
    public enum Window {
        @JsonProperty("Minute")
        MINUTE,
        @JsonProperty("Hour")
        HOUR,
        @JsonProperty("Day")
        DAY,
        @JsonProperty("Week")
        WEEK,
        @JsonProperty("Month")
        MONTH,
        @JsonProperty("Total")
        TOTAL
    }
}
