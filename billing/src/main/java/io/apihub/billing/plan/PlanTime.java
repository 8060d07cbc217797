package io.apihub.billing.plan;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.springframework.stereotype.Component;

/** The time as periods know it: in whole milliseconds, so that tables give back what they got. */
@Component
class PlanTime {

    private final InstantSource clock;

    PlanTime(InstantSource clock) {
        this.clock = clock;
    }

    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
