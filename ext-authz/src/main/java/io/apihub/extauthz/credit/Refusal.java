package io.apihub.extauthz.credit;

import java.util.List;

/**
 * Why a request may not have what it needs of one subject.
 *
 * @param amount what it needs
 * @param available what could be had at most, 0 or more
 * @param limit the whole limit; {@link Long#MAX_VALUE} for an account
 * @param waitNanos when to try again; {@link #NEVER} if time does not help
 * @param clampable whether a smaller request could be let through at once
 */
public record Refusal(
        Subject subject,
        long amount,
        long available,
        long limit,
        long waitNanos,
        boolean clampable) {

    public static final long NEVER = Long.MAX_VALUE;

    /** The one that lasts longest. */
    static Refusal tightest(List<Refusal> refusals) {
        var tightest = refusals.getFirst();
        for (var each : refusals) {
            tightest = each.waitNanos > tightest.waitNanos ? each : tightest;
        }
        return tightest;
    }
}
