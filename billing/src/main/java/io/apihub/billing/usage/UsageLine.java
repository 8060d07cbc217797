package io.apihub.billing.usage;

/** Where batches wait for their turn. */
interface UsageLine {

    void add(UsageWork work);
}
