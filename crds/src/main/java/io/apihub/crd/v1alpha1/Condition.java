package io.apihub.crd.v1alpha1;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.crd.generator.annotation.SchemaFrom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * One observation about an object, in the shape of {@code metav1.Condition}.
 *
 * @param type what is observed, such as {@code Ready}; unique within an object
 * @param status {@code True}, {@code False} or {@code Unknown}
 * @param reason one CamelCase word for programs
 * @param message a sentence for people; may be empty
 * @param lastTransitionTime when {@code status} last changed, in whole seconds
 * @param observedGeneration the {@code metadata.generation} that was observed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Condition(
        String type,
        String status,
        String reason,
        String message,
        @JsonFormat(shape = JsonFormat.Shape.STRING) @SchemaFrom(type = String.class)
                Instant lastTransitionTime,
        @Nullable Long observedGeneration) {

    public static final String TRUE = "True";
    public static final String FALSE = "False";
    public static final String UNKNOWN = "Unknown";

    public Condition {
        lastTransitionTime = lastTransitionTime.truncatedTo(ChronoUnit.SECONDS);
    }
}
