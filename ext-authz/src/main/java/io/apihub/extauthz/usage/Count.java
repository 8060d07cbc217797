package io.apihub.extauthz.usage;

import io.apihub.model.usage.TokenUsage;
import java.util.Locale;

/**
 * Token counts as a provider states them, inclusive: input with its cached parts, output with its
 * reasoning. Not checked yet: figures may be absurd.
 *
 * @param cacheWrite written to a cache of five minutes
 * @param stage how much of the output is in it
 */
record Count(
        long input,
        long cachedInput,
        long cacheWrite,
        long cacheWrite1h,
        long output,
        long reasoning,
        Stage stage) {

    /** When the provider stated the figures. */
    enum Stage {
        /** Before the output: it means nothing yet. */
        BEGUN,
        /** In the midst of the output: what was sent until then. */
        SO_FAR,
        /** At the end. */
        FINAL
    }

    static Count of(long input, long cachedInput, long output, long reasoning) {
        return new Count(input, cachedInput, 0, 0, output, reasoning, Stage.FINAL);
    }

    Count withOutput(long newOutput) {
        return new Count(input, cachedInput, cacheWrite, cacheWrite1h, newOutput, reasoning, stage);
    }

    Count withInput(long newInput) {
        return new Count(newInput, cachedInput, cacheWrite, cacheWrite1h, output, reasoning, stage);
    }

    /**
     * Reconciles with the total that the provider states. Where they differ, reasoning was counted
     * twice or not at all, so the output is what the total leaves; unless it is the input of tools
     * that is missing. A total alone is input: so say embeddings and the like.
     */
    Count reconciled(long total, long toolUse) {
        if (input == 0 && output == 0 && total > 0) {
            return withInput(total);
        }
        if (total <= 0 || total == input + output || total < input) {
            return this;
        }
        boolean toolsMissing = toolUse > 0 && total - input - output == toolUse;
        return toolsMissing ? withInput(input + toolUse) : withOutput(total - input);
    }

    /**
     * Why no honest provider could mean this; empty if it can.
     *
     * @param most tokens that the model can read and write together; 0 if unknown
     */
    String absurdity(long most) {
        long cached = cachedInput + cacheWrite + cacheWrite1h;
        for (long count : new long[] {input, cachedInput, cacheWrite, cacheWrite1h, output}) {
            if (count < 0 || count > TokenUsage.MAX) {
                return "count out of range: " + count;
            }
        }
        long total = Math.max(input, cached) + output;
        if (most > 0 && total > most) {
            return String.format(Locale.ROOT, "%d tokens of a model of %d", total, most);
        }
        return "";
    }

    /** In parts that do not overlap. */
    TokenUsage disjoint() {
        long uncached = Math.max(0, input - cachedInput - cacheWrite - cacheWrite1h);
        long thought = Math.clamp(reasoning, 0, output);
        return new TokenUsage(uncached, cachedInput, cacheWrite, cacheWrite1h, output, thought);
    }
}
