package io.apihub.extauthz.credit;

import java.time.Duration;

/**
 * How leases are asked for.
 *
 * @param timeout how long a request waits for leases
 * @param idle a lease not used for that long is given back
 */
public record LeaseSettings(Duration timeout, Duration idle) {

    public LeaseSettings {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout=%s".formatted(timeout));
        }
    }

    public static LeaseSettings of(Duration timeout) {
        return new LeaseSettings(timeout, Duration.ofSeconds(60));
    }
}
