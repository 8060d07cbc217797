package io.apihub.e2e;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/** A request for an answer, in each of the dialects. */
enum Call {
    CHAT("openai_chat"),
    COMPLETIONS("openai_completions"),
    RESPONSES("openai_responses"),
    MESSAGES("anthropic"),
    GEMINI("gemini");

    private final String dialect;

    Call(String dialect) {
        this.dialect = dialect;
    }

    /** As a usage row names it. */
    String dialect() {
        return dialect;
    }

    String path(String model, boolean stream) {
        return switch (this) {
            case CHAT -> "/v1/chat/completions";
            case COMPLETIONS -> "/v1/completions";
            case RESPONSES -> "/v1/responses";
            case MESSAGES -> "/v1/messages";
            case GEMINI ->
                    "/v1beta/models/"
                            + model
                            + (stream ? ":streamGenerateContent?alt=sse" : ":generateContent");
        };
    }

    /** A body whose prompt is {@code text}; at most 1000 tokens are asked for. */
    String body(String model, String text, boolean stream) {
        String prompt = JsonNodeFactory.instance.textNode(text).toString();
        return switch (this) {
            case CHAT ->
                    """
                    {"model":"%s","stream":%s,"max_tokens":1000,
                     "messages":[{"role":"user","content":%s}]}\
                    """
                            .formatted(model, stream, prompt);
            case COMPLETIONS ->
                    """
                    {"model":"%s","stream":%s,"max_tokens":1000,"prompt":%s}\
                    """
                            .formatted(model, stream, prompt);
            case RESPONSES ->
                    """
                    {"model":"%s","stream":%s,"max_output_tokens":1000,"input":%s}\
                    """
                            .formatted(model, stream, prompt);
            case MESSAGES ->
                    """
                    {"model":"%s","stream":%s,"max_tokens":1000,
                     "messages":[{"role":"user","content":%s}]}\
                    """
                            .formatted(model, stream, prompt);
            case GEMINI ->
                    """
                    {"generationConfig":{"maxOutputTokens":1000},
                     "contents":[{"role":"user","parts":[{"text":%s}]}]}\
                    """
                            .formatted(prompt);
        };
    }

    /** {@code request} with the key where this dialect's clients put it. */
    Http with(Http request, String key) {
        return switch (this) {
            case CHAT, COMPLETIONS, RESPONSES -> request.bearer(key);
            case MESSAGES ->
                    request.header("x-api-key", key).header("anthropic-version", "2023-06-01");
            case GEMINI -> request.header("x-goog-api-key", key);
        };
    }

    Http.Answer send(Lane lane, String text, boolean stream) {
        return with(Http.to(lane), lane.key())
                .post(path(lane.model(), stream), body(lane.model(), text, stream));
    }
}
