package io.apihub.extauthz.check;

import io.apihub.extauthz.policy.ModelFigures;
import io.apihub.extauthz.request.Inspection;
import io.apihub.model.usage.Dialect;
import io.apihub.model.usage.TokenUsage;

/**
 * The most that a request can use: an upper bound by construction, given the model's figures.
 *
 * @param inputTokens of all prompts together
 * @param outputTokens of all answers together
 * @param contextTokens what absurd input is measured against
 * @param maxOutputTokens what absurd output is measured against
 */
record WorstCase(long inputTokens, long outputTokens, long contextTokens, long maxOutputTokens) {

    private static final long MILLION = 1_000_000;

    static WorstCase of(
            Dialect dialect, String path, Inspection.Request request, ModelFigures model) {
        long context = times(model.contextTokens(), request.prompts());
        long input = request.unseenState() ? context : Math.min(context, input(request, model));
        if (answersInTokens(dialect, path)) {
            long answers = times(request.answers(), request.prompts());
            long most = times(model.maxOutputTokens(), answers);
            boolean bound = model.enforcesMaxTokens() && request.outputLimit() > 0;
            long output = bound ? Math.min(most, times(request.outputLimit(), answers)) : most;
            return new WorstCase(input, output, context, most);
        }
        return new WorstCase(input, 0, context, 0);
    }

    /** Whether only a price for each request covers what the answer is. */
    static boolean needsPricePerRequest(Dialect dialect, String path) {
        return dialect == Dialect.OPENAI_MULTIPART
                || (dialect == Dialect.OPENAI_OTHER
                        && (path.startsWith("/v1/images/") || path.startsWith("/v1/audio/")));
    }

    private static boolean answersInTokens(Dialect dialect, String path) {
        return switch (dialect) {
            case OPENAI_CHAT,
                    OPENAI_COMPLETIONS,
                    OPENAI_RESPONSES,
                    OPENAI_MULTIPART,
                    ANTHROPIC,
                    GEMINI ->
                    true;
            // Embeddings, moderations and rankings have no output tokens; images may.
            case OPENAI_OTHER -> needsPricePerRequest(dialect, path);
            case ANTHROPIC_COUNT, LIST_MODELS -> false;
        };
    }

    private static long input(Inspection.Request request, ModelFigures model) {
        long text =
                Math.ceilDiv(times(request.textBytes(), model.tokensPerMillionBytes()), MILLION);
        return text
                + times(request.images(), model.imageTokens())
                + times(request.files(), model.fileTokens())
                + request.tokenIds()
                + model.inputOverheadTokens();
    }

    /** Multiplies; what is absurd anyhow stays just that, instead of overflowing. */
    private static long times(long a, long b) {
        boolean fits = Math.multiplyHigh(a, b) == 0 && a * b >= 0;
        return fits ? Math.min(a * b, MILLION * TokenUsage.MAX) : MILLION * TokenUsage.MAX;
    }
}
