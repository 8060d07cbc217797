package io.apihub.extauthz.usage;

import io.apihub.envoy.data.ai.v3.TokenUsage;
import io.apihub.envoy.data.ai.v3.TokenUsage.ExtractionStatus;
import io.apihub.extauthz.usage.Count.Stage;
import io.apihub.model.usage.Dialect;
import java.util.Map;
import java.util.Optional;

/** Turns what Envoy captured into one {@link Count}, dialect by dialect. */
final class ProviderCounts {

    /** The last usage object at the top of an event: OpenAI chat, Anthropic's message_delta. */
    private static final String USAGE = "usage";

    private static final String RESPONSE_USAGE = "response_usage";
    private static final String MESSAGE_USAGE = "message_usage";
    private static final String GEMINI_USAGE = "gemini_usage";
    private static final String JSON_USAGE = LogEntry.IN_JSON + USAGE;
    private static final String FINISHED = LogEntry.IN_JSON + "finished";
    private static final String ONE_HOUR = "cache_creation.ephemeral_1h_input_tokens";

    private ProviderCounts() {}

    /** What Envoy's parser counted, corrected; empty if it did not see the whole answer. */
    static Optional<Count> counted(TokenUsage usage, Map<String, String> events) {
        if (usage.getExtractionStatus() != ExtractionStatus.COMPLETE) {
            return Optional.empty();
        }
        var in = usage.getInputTokenDetails();
        long oneHour = oneHourPart(events);
        long written = in.getCacheCreationTokens().getValue();
        var count =
                new Count(
                        usage.getInputTokens().getValue(),
                        in.getCachedTokens().getValue(),
                        Math.max(0, written - oneHour),
                        Math.min(written, oneHour),
                        usage.getOutputTokens().getValue(),
                        usage.getOutputTokenDetails().getReasoningTokens().getValue(),
                        Stage.FINAL);
        return Optional.of(
                count.reconciled(
                        usage.getProviderTotalTokens().getValue(),
                        in.getToolUseTokens().getValue()));
    }

    /** Envoy adds up the two kinds of Anthropic's cache writes; elsewhere they are apart. */
    private static long oneHourPart(Map<String, String> events) {
        var usage =
                events.containsKey(MESSAGE_USAGE)
                        ? anthropicUsage(events)
                        : raw(events, JSON_USAGE).orElse(RawUsage.NONE);
        return Math.max(0, usage.at(ONE_HOUR));
    }

    /**
     * What the events said that passed before the end, clean or not.
     *
     * @param ended whether nothing cut the answer off
     * @throws IllegalArgumentException if a usage object can't be read
     */
    static Optional<Count> seen(Dialect dialect, Map<String, String> events, boolean ended) {
        return switch (dialect) {
            case OPENAI_CHAT, OPENAI_COMPLETIONS, OPENAI_OTHER, OPENAI_MULTIPART ->
                    raw(events, USAGE).map(ProviderCounts::chat);
            case OPENAI_RESPONSES -> raw(events, RESPONSE_USAGE).map(ProviderCounts::responses);
            case ANTHROPIC, ANTHROPIC_COUNT -> anthropic(events);
            case GEMINI -> gemini(events, ended);
            case LIST_MODELS -> Optional.empty();
        };
    }

    private static Optional<RawUsage> raw(Map<String, String> events, String name) {
        return Optional.ofNullable(events.get(name)).map(RawUsage::parse);
    }

    private static Count chat(RawUsage raw) {
        var count =
                new Count(
                        raw.at("prompt_tokens"),
                        raw.at("prompt_tokens_details.cached_tokens"),
                        raw.at("prompt_tokens_details.cached_creation_tokens"),
                        0,
                        raw.at("completion_tokens"),
                        raw.at("completion_tokens_details.reasoning_tokens"),
                        Stage.FINAL);
        return count.reconciled(raw.at("total_tokens"), 0);
    }

    private static Count responses(RawUsage raw) {
        return Count.of(
                        raw.at("input_tokens"),
                        raw.at("input_tokens_details.cached_tokens"),
                        raw.at("output_tokens"),
                        raw.at("output_tokens_details.reasoning_tokens"))
                .reconciled(raw.at("total_tokens"), 0);
    }

    private static RawUsage anthropicUsage(Map<String, String> events) {
        var start = raw(events, MESSAGE_USAGE).orElse(RawUsage.NONE);
        return start.latest(raw(events, USAGE).orElse(RawUsage.NONE));
    }

    /** message_start has the input, message_delta cumulative figures: the last one counts. */
    private static Optional<Count> anthropic(Map<String, String> events) {
        if (!events.containsKey(MESSAGE_USAGE) && !events.containsKey(USAGE)) {
            return Optional.empty();
        }
        var raw = anthropicUsage(events);
        long read = raw.at("cache_read_input_tokens");
        long oneHour = raw.at(ONE_HOUR);
        long written =
                Math.max(
                        raw.at("cache_creation_input_tokens"),
                        oneHour + raw.at("cache_creation.ephemeral_5m_input_tokens"));
        return Optional.of(
                new Count(
                        raw.at("input_tokens") + read + written,
                        read,
                        written - oneHour,
                        oneHour,
                        raw.at("output_tokens"),
                        0,
                        events.containsKey(USAGE) ? Stage.FINAL : Stage.BEGUN));
    }

    /**
     * Each event has the usage so far, so only the last word or the answer's end makes it final.
     */
    private static Optional<Count> gemini(Map<String, String> events, boolean ended) {
        var last = ended || events.containsKey(FINISHED);
        return raw(events, GEMINI_USAGE).map(raw -> gemini(raw, last ? Stage.FINAL : Stage.SO_FAR));
    }

    private static Count gemini(RawUsage raw, Stage stage) {
        return new Count(
                        raw.at("promptTokenCount"),
                        raw.at("cachedContentTokenCount"),
                        0,
                        0,
                        raw.at("candidatesTokenCount") + raw.at("thoughtsTokenCount"),
                        raw.at("thoughtsTokenCount"),
                        stage)
                .reconciled(raw.at("totalTokenCount"), raw.at("toolUsePromptTokenCount"));
    }
}
