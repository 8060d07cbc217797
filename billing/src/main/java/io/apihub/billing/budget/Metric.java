package io.apihub.billing.budget;

/** What a limit counts. */
public enum Metric {
    REQUESTS,
    INPUT_TOKENS,
    OUTPUT_TOKENS,
    TOTAL_TOKENS,
    /** In micro-units of currency. */
    COST,
    /** Requests at once; leased as slots, never spent. */
    CONCURRENCY
}
