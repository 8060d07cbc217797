package io.apihub.extauthz.request;

import io.apihub.model.usage.Dialect;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a request asks for. Strict on purpose: the upstream's reader may be laxer than this
 * one, and what the two could understand differently is refused. Keeps nothing between requests;
 * thread safe.
 */
public final class RequestInspector {

    private static final String GEMINI_PREFIX = "/v1beta/models/";

    /**
     * A request as Envoy hands it over.
     *
     * @param path without the query
     * @param contentType the header, empty if there is none
     * @param body the whole body; for multipart its first part
     */
    public record Subject(Dialect dialect, String path, String contentType, Body body) {}

    /** Bytes within a larger array; not copied, never changed. */
    @SuppressWarnings("ArrayRecordComponent") // A copy of each body is what this type avoids.
    public record Body(byte[] bytes, int from, int length) {}

    public Inspection inspect(Subject subject) {
        try {
            return switch (subject.dialect()) {
                case OPENAI_MULTIPART ->
                        new MultipartScan(subject.body(), subject.contentType()).scan();
                case GEMINI -> gemini(subject);
                case OPENAI_CHAT,
                        OPENAI_COMPLETIONS,
                        OPENAI_RESPONSES,
                        OPENAI_OTHER,
                        ANTHROPIC,
                        ANTHROPIC_COUNT ->
                        new BodyScan(subject.dialect(), subject.body()).scan(null, false);
                case LIST_MODELS ->
                        throw new IllegalArgumentException("a list of models has no body");
            };
        } catch (MalformedRequest e) {
            return e.toInspection();
        }
    }

    private static Inspection gemini(Subject subject) throws MalformedRequest {
        var path = subject.path();
        int colon = path.lastIndexOf(':');
        @Nullable String model =
                path.startsWith(GEMINI_PREFIX) && colon > GEMINI_PREFIX.length()
                        ? path.substring(GEMINI_PREFIX.length(), colon)
                        : null;
        if (model == null || model.indexOf('%') >= 0 || model.indexOf(';') >= 0) {
            throw new MalformedRequest("The path names no model that can be read safely.", "model");
        }
        boolean stream = path.startsWith("streamGenerateContent", colon + 1);
        return new BodyScan(subject.dialect(), subject.body()).scan(model, stream);
    }
}
