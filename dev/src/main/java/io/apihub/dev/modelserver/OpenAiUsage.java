package io.apihub.dev.modelserver;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apihub.model.usage.TokenUsage;

/** Usage as chat and completions tell it: cached and reasoning tokens are parts of the totals. */
final class OpenAiUsage {

    private OpenAiUsage() {}

    static ObjectNode of(TokenUsage usage) {
        ObjectNode told =
                Json.object()
                        .put("prompt_tokens", usage.totalInput())
                        .put("completion_tokens", usage.output())
                        .put("total_tokens", usage.total());
        told.putObject("prompt_tokens_details")
                .put("cached_tokens", usage.cachedInput())
                .put("audio_tokens", 0);
        told.putObject("completion_tokens_details")
                .put("reasoning_tokens", usage.reasoning())
                .put("audio_tokens", 0)
                .put("accepted_prediction_tokens", 0)
                .put("rejected_prediction_tokens", 0);
        return told;
    }
}
