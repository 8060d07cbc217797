package io.apihub.crd.v1alpha1;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * A duration as resources write it: {@code 48h}, {@code 1h30m}, {@code 250ms}. The text is kept, so
 * that what was read is written back unchanged.
 *
 * @param text one to four numbers of at most five digits, each with a unit of h, m, s or ms
 */
public record TimeSpan(@JsonValue String text) {

    private static final Pattern SHAPE = Pattern.compile("([0-9]{1,5}(h|ms|m|s)){1,4}");
    private static final Pattern PART = Pattern.compile("([0-9]+)(h|ms|m|s)");

    /**
     * Takes the text over.
     *
     * @throws IllegalArgumentException if it is no duration of this form
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public TimeSpan {
        if (!SHAPE.matcher(text).matches()) {
            throw new IllegalArgumentException("not a duration such as 48h or 1h30m: " + text);
        }
    }

    /** The sum of the parts. */
    public Duration toDuration() {
        var sum = Duration.ZERO;
        var part = PART.matcher(text);
        while (part.find()) {
            long number = Long.parseLong(part.group(1));
            sum =
                    sum.plus(
                            switch (part.group(2)) {
                                case "h" -> Duration.ofHours(number);
                                case "m" -> Duration.ofMinutes(number);
                                case "s" -> Duration.ofSeconds(number);
                                default -> Duration.ofMillis(number);
                            });
        }
        return sum;
    }

    @Override
    public String toString() {
        return text;
    }
}
