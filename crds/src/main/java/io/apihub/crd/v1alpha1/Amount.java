package io.apihub.crd.v1alpha1;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The amount of a limit: a whole number, or a decimal in quotes for money. YAML's quotes are part
 * of the value: {@code 50} is a {@link Count}, {@code "50"} is {@link Money}.
 */
public sealed interface Amount {

    /** A number of requests, tokens or slots. */
    record Count(long value) implements Amount {
        @Override
        public Object json() {
            return value;
        }
    }

    /**
     * An amount in the installation's currency.
     *
     * @param decimal at most six decimal places, such as {@code 50.00}
     */
    record Money(String decimal) implements Amount {
        @Override
        public Object json() {
            return decimal;
        }
    }

    /** What stands in the resource: a Long or a String. */
    @JsonValue
    Object json();

    /**
     * Reads what stands in the resource.
     *
     * @throws IllegalArgumentException if it is neither a whole number nor text
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Amount of(Object json) {
        return switch (json) {
            case String decimal -> new Money(decimal);
            case Integer count -> new Count(count);
            case Long count -> new Count(count);
            default ->
                    throw new IllegalArgumentException(
                            "an amount is a whole number or a quoted decimal: " + json);
        };
    }
}
