package io.apihub.billing.usage;

import io.apihub.usage.v1.Refusals;
import java.util.UUID;

/** Where reports of refusals go. */
@FunctionalInterface
interface RefusalSink {

    /** Takes a report in, once: a repeat changes nothing. Returns after the commit. */
    void take(UUID incarnation, Refusals report);
}
