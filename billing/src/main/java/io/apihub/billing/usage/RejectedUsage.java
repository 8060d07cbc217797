package io.apihub.billing.usage;

import io.apihub.usage.v1.UsageRecord;

/** A record that can't be booked, and why. */
record RejectedUsage(UsageRecord record, String reason) {}
