package io.apihub.operator.xds;

import java.math.BigDecimal;
import java.time.Duration;

/** Durations in the words of protobuf's JSON. */
final class EnvoyDurations {

    private EnvoyDurations() {}

    static String text(Duration duration) {
        return BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros().toPlainString()
                + "s";
    }
}
