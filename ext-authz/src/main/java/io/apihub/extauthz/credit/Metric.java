package io.apihub.extauthz.credit;

/** What a lease counts. */
public enum Metric {
    /** Micro-units of currency. */
    COST,
    REQUESTS,
    INPUT_TOKENS,
    OUTPUT_TOKENS,
    TOTAL_TOKENS,
    /** Requests in flight. */
    CONCURRENCY;

    /** Whether fewer output tokens make less of it. */
    public boolean countsOutput() {
        return this == COST || this == OUTPUT_TOKENS || this == TOTAL_TOKENS;
    }

    /** Whether it counts tokens. */
    public boolean countsTokens() {
        return this == INPUT_TOKENS || this == OUTPUT_TOKENS || this == TOTAL_TOKENS;
    }
}
