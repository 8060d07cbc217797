package io.apihub.extauthz.credit;

import java.time.Duration;

/**
 * How leases are asked for.
 *
 * @param grantSize micro-units wished at a time
 * @param timeout how long a request waits for its money
 * @param idle a lease not used for that long is given back
 */
public record LeaseSettings(long grantSize, Duration timeout, Duration idle) {

    public LeaseSettings {
        if (grantSize < 1 || timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException(
                    "grantSize=%d timeout=%s".formatted(grantSize, timeout));
        }
    }

    public static LeaseSettings of(long grantSize, Duration timeout) {
        return new LeaseSettings(grantSize, timeout, Duration.ofSeconds(60));
    }

    /** Below this much another slice is asked for, so that steady traffic never waits. */
    long lowWater() {
        return grantSize / 4;
    }
}
