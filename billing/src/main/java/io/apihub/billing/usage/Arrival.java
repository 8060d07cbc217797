package io.apihub.billing.usage;

import io.apihub.usage.v1.UsageRecord;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A record that came, read.
 *
 * @param booking what is to be booked; null if the record can't be
 * @param fault why it can't be; empty if it can
 */
record Arrival(String gateway, UsageRecord record, @Nullable Booking booking, String fault) {

    /** What its hold took; nothing if it can't be booked. */
    Stream<Booking.Take> taken() {
        var read = booking;
        return read == null ? Stream.empty() : read.taken().stream();
    }

    /** It is kept apart. */
    RejectedUsage rejected(String why) {
        return new RejectedUsage(record, gateway, why);
    }
}
