package io.apihub.extauthz.quota;

import io.apihub.extauthz.credit.Allowance;
import io.apihub.extauthz.credit.Amounts;
import io.apihub.extauthz.credit.Claim;
import io.apihub.extauthz.credit.Metric;
import io.apihub.extauthz.credit.Refusal;
import io.apihub.extauthz.credit.Subject;
import org.jspecify.annotations.Nullable;

/** The limits that apply to one request, and the account that pays for it. */
public final class Applying {

    private final TenantLimits limits;
    private final KeyUid key;
    private final int[] ordinals;
    private final TenantLimits.KeyAllowances own;

    Applying(TenantLimits limits, KeyUid key, int[] ordinals, TenantLimits.KeyAllowances own) {
        this.limits = limits;
        this.key = key;
        this.ordinals = ordinals;
        this.own = own;
    }

    /**
     * How a limit of requests or tokens a minute stands.
     *
     * @param remaining as far as this gateway knows
     */
    public record Rate(long limit, long remaining, long resetNanos) {}

    /** A limit that must hold but is not understood: the answer is no. Null if there is none. */
    public @Nullable Limit notUnderstood() {
        for (int ordinal : ordinals) {
            if (own.ofLimit(ordinal) == null) {
                var limit = limits.limit(ordinal);
                if (limit.keys().contains(key)) {
                    return limit;
                }
            }
        }
        return null;
    }

    /** All that the request needs. */
    public Claim claim(Amounts amounts) {
        var claim = new Claim(amounts, ordinals.length + 1);
        var account = own.account();
        if (account != null) {
            claim.add(account);
        }
        for (int ordinal : ordinals) {
            var allowance = own.ofLimit(ordinal);
            if (allowance != null) {
                claim.add(allowance);
            }
        }
        return claim;
    }

    /**
     * The tightest limit of requests a minute; null if there is none.
     *
     * @param refusal why the request is refused; null if it is not
     */
    public @Nullable Rate requests(long now, @Nullable Refusal refusal) {
        return tightest(false, now, refusal);
    }

    /** The tightest limit of tokens a minute, of whichever tokens; null if there is none. */
    public @Nullable Rate tokens(long now, @Nullable Refusal refusal) {
        return tightest(true, now, refusal);
    }

    private @Nullable Rate tightest(boolean tokens, long now, @Nullable Refusal refusal) {
        if (refusal != null && isRate(refusal.subject(), tokens)) {
            long reset = refusal.waitNanos() == Refusal.NEVER ? 0 : refusal.waitNanos();
            return new Rate(refusal.limit(), 0, reset);
        }
        @Nullable Allowance tightest = null;
        long least = 0;
        for (int ordinal : ordinals) {
            var allowance = own.ofLimit(ordinal);
            if (allowance != null && isRate(allowance.subject(), tokens)) {
                long remaining = allowance.leftOfRate(now);
                if (tightest == null || remaining < least) {
                    tightest = allowance;
                    least = remaining;
                }
            }
        }
        return tightest == null
                ? null
                : new Rate(tightest.limit(), least, tightest.resetNanos(now));
    }

    private static boolean isRate(Subject subject, boolean tokens) {
        return subject.kind() == Subject.Kind.RATE
                && (tokens ? subject.metric().countsTokens() : subject.metric() == Metric.REQUESTS);
    }
}
