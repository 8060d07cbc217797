package io.apihub.extauthz.usage;

import io.apihub.model.usage.Dialect;
import io.apihub.model.usage.Notes;
import io.apihub.model.usage.TokenUsage;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.Tokens;
import io.apihub.usage.v1.UsageRecord;
import io.apihub.usage.v1.UsageRecord.Outcome;
import java.util.Optional;

/**
 * Decides what a finished request used. Trusts, in this order: what Envoy counted in a whole
 * answer, what the events said that passed, an estimate from bytes. Pure.
 */
public final class UsageExtractor {

    private static final int MAX_TEXT = 128;

    private UsageExtractor() {}

    /** The record of a request; always one, whatever Envoy says. */
    public static UsageRecord extract(LogEntry entry) {
        var dialect = Dialect.of(entry.hold().getDialect()).orElse(Dialect.OPENAI_OTHER);
        try {
            return extract(entry, dialect);
        } catch (IllegalArgumentException e) {
            return quarantined(entry, String.valueOf(e.getMessage()));
        }
    }

    private static UsageRecord extract(LogEntry entry, Dialect dialect) {
        var exchange = entry.exchange();
        var count = countOf(entry, dialect);
        if (!exchange.answered() && !(exchange.clientLeft() && exchange.reached())) {
            return voided(entry, "the upstream sent nothing");
        }
        if (exchange.status() >= 400 && count.isEmpty()) {
            return voided(
                    entry,
                    exchange.credentialRefused()
                            ? Notes.CREDENTIAL_REFUSED
                            : "the upstream refused");
        }
        if (entry.hold().getFree()) {
            return tokens(entry, Outcome.OUTCOME_MEASURED, TokenUsage.NONE, "");
        }
        return count.map(given -> given(entry, dialect, given))
                .orElseGet(() -> uncounted(entry, dialect));
    }

    /** Usage that was there and can't be read is for a human; none at all is for an estimate. */
    private static UsageRecord uncounted(LogEntry entry, Dialect dialect) {
        var counted = entry.counted();
        return counted != null && entry.exchange().ended()
                ? quarantined(entry, "usage can't be read: " + counted.getExtractionStatus())
                : estimated(entry, dialect);
    }

    private static Optional<Count> countOf(LogEntry entry, Dialect dialect) {
        var counted = entry.counted();
        return Optional.ofNullable(counted)
                .flatMap(usage -> ProviderCounts.counted(usage, entry.events()))
                .or(() -> ProviderCounts.seen(dialect, entry.events(), entry.exchange().ended()));
    }

    private static UsageRecord given(LogEntry entry, Dialect dialect, Count count) {
        var hold = entry.hold();
        var absurdity = count.absurdity(mostOf(hold));
        if (!absurdity.isEmpty()) {
            return quarantined(entry, absurdity);
        }
        if (count.input() == 0 && hold.getInputTokens() > 0) {
            var withInput = count.withInput(Estimate.input(entry));
            return estimated(entry, dialect, withInput, "input missing");
        }
        boolean missing = Estimate.outputMissing(entry, dialect, count);
        if (missing) {
            return estimated(entry, dialect, count, "output missing");
        }
        return switch (count.stage()) {
            case FINAL -> tokens(entry, Outcome.OUTCOME_MEASURED, count.disjoint(), "");
            case SO_FAR ->
                    tokens(
                            entry,
                            Outcome.OUTCOME_ESTIMATED,
                            count.disjoint(),
                            "ended before the last count");
            case BEGUN -> estimated(entry, dialect, count, "ended before the output was counted");
        };
    }

    private static UsageRecord estimated(LogEntry entry, Dialect dialect, Count count, String why) {
        long output = Math.max(count.output(), Estimate.output(entry, dialect));
        var usage = count.withOutput(output).disjoint();
        return tokens(entry, Outcome.OUTCOME_ESTIMATED, usage, why);
    }

    private static long mostOf(Hold hold) {
        boolean known = hold.getContextTokens() > 0;
        return known ? hold.getContextTokens() + hold.getMaxOutputTokens() : 0;
    }

    private static UsageRecord estimated(LogEntry entry, Dialect dialect) {
        var usage = TokenUsage.of(Estimate.input(entry), Estimate.output(entry, dialect));
        var why = entry.exchange().clientLeft() ? "the client left" : "no usage in the answer";
        var counted = entry.counted();
        var seen = counted == null ? "" : "; counted: " + counted.getExtractionStatus();
        return tokens(entry, Outcome.OUTCOME_ESTIMATED, usage, why + seen);
    }

    private static UsageRecord voided(LogEntry entry, String why) {
        return record(entry, Outcome.OUTCOME_VOIDED, why).build();
    }

    private static UsageRecord quarantined(LogEntry entry, String why) {
        return record(entry, Outcome.OUTCOME_QUARANTINED, why).build();
    }

    private static UsageRecord tokens(
            LogEntry entry, Outcome outcome, TokenUsage usage, String note) {
        return record(entry, outcome, note)
                .setTokens(
                        Tokens.newBuilder()
                                .setInput(usage.input())
                                .setCachedInput(usage.cachedInput())
                                .setCacheWrite(usage.cacheWrite())
                                .setCacheWrite1H(usage.cacheWrite1h())
                                .setOutput(usage.output())
                                .setReasoning(usage.reasoning()))
                .build();
    }

    private static UsageRecord.Builder record(LogEntry entry, Outcome outcome, String note) {
        var exchange = entry.exchange();
        return UsageRecord.newBuilder()
                .setHold(entry.hold())
                .setOutcome(outcome)
                .setStatus(exchange.status())
                .setModelServed(cut(modelOf(entry)))
                .setUpstream(cut(exchange.upstream()))
                .setStartedAtMillis(exchange.timing().startedAt())
                .setFirstByteAtMillis(exchange.timing().firstByteAt())
                .setFinishedAtMillis(exchange.timing().finishedAt())
                .setRequestBytes(exchange.requestBytes())
                .setResponseBytes(exchange.responseBytes())
                .setResponseFlags(cut(exchange.flags()))
                .setUpstreamRequestId(cut(exchange.upstreamRequestId()))
                .setNote(cut(note));
    }

    private static String modelOf(LogEntry entry) {
        var counted = entry.counted();
        return counted != null && !counted.getModel().isEmpty()
                ? counted.getModel()
                : entry.events().getOrDefault("model", "");
    }

    /** The journal reserves room for texts of this length, in characters of up to three bytes. */
    private static String cut(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
    }
}
