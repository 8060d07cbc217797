package io.apihub.extauthz.check;

import io.apihub.extauthz.credit.Amounts;
import io.apihub.extauthz.credit.Claim;
import io.apihub.extauthz.credit.HoldDraft;
import io.apihub.extauthz.credit.HoldOutcome;
import io.apihub.extauthz.credit.Holds;
import io.apihub.extauthz.credit.Refusal;
import io.apihub.extauthz.error.Denial;
import io.apihub.extauthz.error.Reason;
import io.apihub.extauthz.journal.WrittenHold;
import io.apihub.extauthz.quota.Applying;
import io.apihub.extauthz.request.Edit;
import io.apihub.extauthz.request.Splices;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on its way from its price to its answer. Keeps nothing of the request but what the
 * answer needs: its body may be large, and billing may take a while.
 */
final class Admission implements Consumer<HoldOutcome> {

    private static final Logger log = LoggerFactory.getLogger(Admission.class);

    private static final Denial NO_ANSWER =
            Denial.of(
                    Reason.GRANT_UNAVAILABLE,
                    "The gateway cannot reserve credit right now. Try again.");

    /** Times that a request is made smaller, because what is left changes meanwhile. */
    private static final int MOST_CLAMPS = 3;

    private final Holds holds;
    private final Supplier<@Nullable Applying> newest;
    private final HoldDraft draft;
    private final Route route;
    private final LongSupplier nanoTime;
    private final Consumer<Decision> done;
    private Applying applying;
    private Claim claim;
    private int clamps;
    private long clampedTo;

    /**
     * The limits that the request is to keep.
     *
     * @param applying by the policy by which it was priced
     * @param newest by the newest one, should billing know one of those no more; gives null if the
     *     tenant is gone
     */
    record Limits(Applying applying, Supplier<@Nullable Applying> newest) {}

    /**
     * How the request goes on, if it may.
     *
     * @param requestId for logs
     * @param target the path to send upstream; null = as it came
     * @param clamp null if it may not be made smaller
     */
    record Route(
            String requestId,
            Pricer.Priced priced,
            @Nullable String target,
            @Nullable Clamp clamp) {}

    Admission(
            Holds holds,
            Limits limits,
            HoldDraft draft,
            Route route,
            LongSupplier nanoTime,
            Consumer<Decision> done) {
        this.holds = holds;
        this.newest = limits.newest();
        this.applying = limits.applying();
        this.draft = draft;
        this.route = route;
        this.nanoTime = nanoTime;
        this.done = done;
        claim = applying.claim(amounts(route.priced()));
    }

    void start() {
        holds.take(draft, claim, this);
    }

    private static Amounts amounts(Pricer.Priced priced) {
        return priced.price() == null
                ? new Amounts(1, 0, 0, 0)
                : new Amounts(
                        1,
                        priced.cost().micros(),
                        priced.worst().inputTokens(),
                        priced.worst().outputTokens());
    }

    @Override
    public void accept(HoldOutcome outcome) {
        switch (outcome) {
            case HoldOutcome.Held(var hold) -> done.accept(allowed(hold));
            case HoldOutcome.Refused refused -> {
                if (!clamped(refused)) {
                    done.accept(denied(refused.tightest()));
                }
            }
            case HoldOutcome.Superseded _ -> again();
            case HoldOutcome.Unavailable(String why) -> unavailable(why);
        }
    }

    private void unavailable(String why) {
        log.warn("request {} refused: {}", route.requestId(), why);
        done.accept(new Decision.Denied(NO_ANSWER, rates(null)));
    }

    /** By the newest policy; its time to wait goes on. */
    private void again() {
        var now = newest.get();
        if (now == null) {
            unavailable("its tenant is gone");
            return;
        }
        applying = now;
        var unclear = now.notUnderstood();
        if (unclear != null) {
            done.accept(Decision.Denied.of(LimitWords.notUnderstood(unclear)));
            return;
        }
        claim = now.claim(claim.amounts()).inPlaceOf(claim);
        holds.take(draft, claim, this);
    }

    /** Tries again with fewer output tokens, if that may help. */
    private boolean clamped(HoldOutcome.Refused refused) {
        var clamp = route.clamp();
        var fit = clamp == null || clamps == MOST_CLAMPS ? null : clamp.fit(refused.refusals());
        if (fit == null) {
            return false;
        }
        clamps++;
        clampedTo = fit.perAnswer();
        draft.atMost(fit.amounts().outputTokens(), fit.amounts().costMicros());
        claim = claim.of(fit.amounts());
        holds.take(draft, claim, this);
        return true;
    }

    private Decision allowed(WrittenHold hold) {
        var priced = route.priced();
        var limit = priced.body().limit();
        List<Edit> lower = clampedTo == 0 || limit == null ? List.of() : limit.lowerTo(clampedTo);
        return new Decision.Allowed(
                hold,
                priced.pool(),
                Splices.of(
                        priced.body(),
                        priced.model().upstreamName(),
                        !priced.model().alwaysSendsUsage(),
                        lower),
                route.target(),
                rates(null),
                clampedTo);
    }

    private Decision denied(Refusal refusal) {
        return new Decision.Denied(LimitWords.denial(refusal), rates(refusal));
    }

    private Rates rates(@Nullable Refusal refusal) {
        long now = nanoTime.getAsLong();
        return new Rates(applying.requests(now, refusal), applying.tokens(now, refusal));
    }
}
