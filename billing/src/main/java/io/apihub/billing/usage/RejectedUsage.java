package io.apihub.billing.usage;

import io.apihub.usage.v1.UsageRecord;

/** A record that can't be booked, who sent it, and why. */
record RejectedUsage(UsageRecord record, String gateway, String reason) {}
