package io.apihub.extauthz.check;

import io.apihub.extauthz.credit.Amounts;
import io.apihub.extauthz.credit.Refusal;
import io.apihub.model.price.PriceFactor;
import io.apihub.model.price.Rating;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a request smaller so that it fits what is left: the same input, fewer output tokens. Only
 * where the upstream keeps to the maximum that it is told, and something useful remains.
 */
final class Clamp {

    /** Output tokens of each answer, at least. */
    private static final long USEFUL = 256;

    private final Pricer.Priced priced;
    private final PriceFactor factor;
    private final long answers;

    private Clamp(Pricer.Priced priced, PriceFactor factor) {
        this.priced = priced;
        this.factor = factor;
        this.answers = Math.max(1, priced.body().answers()) * Math.max(1, priced.body().prompts());
    }

    /**
     * A smaller request.
     *
     * @param perAnswer its maximum of output tokens, of each answer
     */
    record Fit(long perAnswer, Amounts amounts) {}

    /** Null if the request may not be made smaller. */
    static @Nullable Clamp of(Pricer.Priced priced, Caller caller) {
        boolean possible =
                caller.tenant().clamp()
                        && priced.model().figures().enforcesMaxTokens()
                        && priced.body().limit() != null
                        && priced.worst().outputTokens() > 0;
        return possible ? new Clamp(priced, caller.tenant().priceFactor()) : null;
    }

    /** What fits all that refused; null if nothing useful does. */
    @Nullable Fit fit(List<Refusal> refusals) {
        long output = priced.worst().outputTokens() - 1;
        for (var refusal : refusals) {
            output = Math.min(output, fits(refusal));
        }
        var limit = priced.body().limit();
        long perAnswer = output / answers;
        if (limit == null || perAnswer < USEFUL || perAnswer <= limit.thinking()) {
            return null;
        }
        long total = perAnswer * answers;
        return new Fit(perAnswer, new Amounts(1, cost(total), priced.worst().inputTokens(), total));
    }

    /** Output tokens that one refuser would let through; negative if not even the input fits. */
    private long fits(Refusal refusal) {
        if (!refusal.clampable()) {
            return -1;
        }
        return switch (refusal.subject().metric()) {
            case OUTPUT_TOKENS -> refusal.available();
            case TOTAL_TOKENS -> refusal.available() - priced.worst().inputTokens();
            case COST -> affordable(refusal.available());
            case REQUESTS, INPUT_TOKENS, CONCURRENCY -> -1;
        };
    }

    private long affordable(long micros) {
        if (cost(0) > micros) {
            return -1;
        }
        long low = 0;
        long high = priced.worst().outputTokens();
        while (low < high) {
            long middle = low + (high - low + 1) / 2;
            if (cost(middle) <= micros) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private long cost(long output) {
        var price = priced.price();
        return price == null
                ? 0
                : Rating.worstCase(priced.worst().inputTokens(), output, price, factor).micros();
    }
}
