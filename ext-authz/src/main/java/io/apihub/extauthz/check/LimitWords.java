package io.apihub.extauthz.check;

import io.apihub.extauthz.credit.Refusal;
import io.apihub.extauthz.error.Denial;
import io.apihub.extauthz.error.Reason;
import io.apihub.extauthz.quota.Limit;

/** What clients are told when an account or a limit refuses. */
final class LimitWords {

    private static final long MILLION = 1_000_000;

    private static final Denial NO_CREDIT =
            Denial.of(
                    Reason.BALANCE_EXHAUSTED,
                    "Your account's balance does not cover this request. Top up, or lower its"
                            + " maximum of output tokens.");

    private LimitWords() {}

    static Denial denial(Refusal refusal) {
        return switch (refusal.subject().kind()) {
            case ACCOUNT -> NO_CREDIT;
            case BUDGET -> budget(refusal);
            case RATE -> rate(refusal);
            case SLOTS -> slots(refusal);
        };
    }

    static Denial notUnderstood(Limit limit) {
        var label = limit.name().label();
        return Denial.ofLimit(
                Reason.LIMIT_NOT_UNDERSTOOD,
                "The limit %s is newer than this gateway, which lets nothing through that it may"
                                .formatted(label)
                        + " refuse.",
                label,
                0);
    }

    private static Denial budget(Refusal refusal) {
        boolean resets = refusal.waitNanos() != Refusal.NEVER;
        var words =
                "The limit %s of %s is used up: %s left, this request may take %s.%s"
                        .formatted(
                                refusal.subject().label(),
                                of(refusal, refusal.limit()),
                                of(refusal, refusal.available()),
                                of(refusal, refusal.amount()),
                                resets ? "" : " It does not reset.");
        return Denial.ofLimit(
                resets ? Reason.BUDGET_EXHAUSTED : Reason.TOTAL_EXHAUSTED,
                words,
                refusal.subject().label(),
                resets ? millis(refusal) : 0);
    }

    private static Denial rate(Refusal refusal) {
        var label = refusal.subject().label();
        if (refusal.waitNanos() == Refusal.NEVER) {
            return Denial.ofLimit(
                    Reason.REQUEST_OVER_LIMIT,
                    "This request may take %s, which is more than the limit %s of %s a minute."
                            .formatted(
                                    of(refusal, refusal.amount()),
                                    label,
                                    of(refusal, refusal.limit())),
                    label,
                    0);
        }
        return Denial.ofLimit(
                Reason.RATE_LIMITED,
                "Rate limit %s reached: %s a minute. Try again in %d ms."
                        .formatted(label, of(refusal, refusal.limit()), millis(refusal)),
                label,
                millis(refusal));
    }

    private static Denial slots(Refusal refusal) {
        var label = refusal.subject().label();
        boolean never = refusal.waitNanos() == Refusal.NEVER;
        return Denial.ofLimit(
                never ? Reason.REQUEST_OVER_LIMIT : Reason.CONCURRENCY_LIMITED,
                "Concurrency limit %s reached: %d requests at once."
                        .formatted(label, Math.max(0, refusal.limit())),
                label,
                never ? 0 : millis(refusal));
    }

    private static long millis(Refusal refusal) {
        return Math.ceilDiv(refusal.waitNanos(), MILLION);
    }

    private static String of(Refusal refusal, long amount) {
        long shown = Math.max(0, amount);
        return switch (refusal.subject().metric()) {
            case REQUESTS, CONCURRENCY -> shown + (shown == 1 ? " request" : " requests");
            case INPUT_TOKENS -> shown + " input tokens";
            case OUTPUT_TOKENS -> shown + " output tokens";
            case TOTAL_TOKENS -> shown + " tokens";
            case COST -> money(shown);
        };
    }

    private static String money(long micros) {
        return "%d.%06d of credit".formatted(micros / MILLION, micros % MILLION);
    }
}
