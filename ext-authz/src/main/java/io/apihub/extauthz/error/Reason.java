package io.apihub.extauthz.error;

import java.util.Locale;

/** Why a request is refused. The header {@code x-apihub-reason} carries the name in lower case. */
public enum Reason {
    MISSING_KEY(Kind.KEY),
    UNKNOWN_KEY(Kind.KEY),
    KEY_DISABLED(Kind.KEY),
    KEY_EXPIRED(Kind.KEY),
    KEY_NOT_YET_VALID(Kind.KEY),
    ADDRESS_NOT_ALLOWED(Kind.PERMISSION),
    TENANT_SUSPENDED(Kind.PERMISSION),
    MODEL_NOT_ALLOWED(Kind.MODEL_FORBIDDEN),
    MODEL_NOT_PRICED(Kind.MODEL_FORBIDDEN),
    MODEL_UNKNOWN(Kind.MODEL_UNKNOWN),
    MALFORMED_REQUEST(Kind.REQUEST),
    AMBIGUOUS_CREDENTIALS(Kind.REQUEST),
    BALANCE_EXHAUSTED(Kind.MONEY),
    BUDGET_EXHAUSTED(Kind.BUDGET),
    /** A budget that never resets. */
    TOTAL_EXHAUSTED(Kind.MONEY),
    RATE_LIMITED(Kind.RATE),
    CONCURRENCY_LIMITED(Kind.RATE),
    /** More than the whole limit: trying again is of no use. */
    REQUEST_OVER_LIMIT(Kind.OVER_LIMIT),
    LIMIT_NOT_UNDERSTOOD(Kind.UNAVAILABLE),
    POLICY_STALE(Kind.UNAVAILABLE),
    GRANT_UNAVAILABLE(Kind.UNAVAILABLE),
    OVERLOADED(Kind.UNAVAILABLE),
    INTERNAL(Kind.UNAVAILABLE),
    BODY_TOO_LARGE(Kind.TOO_LARGE);

    /** A row of the error contract. */
    enum Kind {
        KEY,
        PERMISSION,
        MODEL_FORBIDDEN,
        MODEL_UNKNOWN,
        REQUEST,
        /** A balance or budget that never resets. */
        MONEY,
        /** A budget whose window resets. */
        BUDGET,
        RATE,
        OVER_LIMIT,
        UNAVAILABLE,
        TOO_LARGE
    }

    private final Kind kind;
    private final String code = name().toLowerCase(Locale.ROOT);

    Reason(Kind kind) {
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }

    /** The value of {@code x-apihub-reason}. */
    public String code() {
        return code;
    }
}
