package io.apihub.extauthz.request;

import io.apihub.model.usage.Dialect;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which fields of a dialect's body matter, and for what. */
final class BodySchema {

    /** What a field is to the inspector. */
    enum Role {
        MODEL,
        STREAM,
        /** A limit of output tokens. */
        LIMIT,
        /** Multiplies the output. */
        FACTOR,
        STREAM_OPTIONS,
        INCLUDE_USAGE,
        GENERATION_CONFIG,
        THINKING,
        /** Output tokens that are not the answer. */
        THINKING_BUDGET,
        /** One prompt or a list of them. */
        PROMPTS,
        TOOLS,
        /** Refers to input that the body does not show. */
        REFERENCE,
        BACKGROUND,
        /** Text, images and files. */
        CONTENT
    }

    /**
     * A field; names that mean the same share the index.
     *
     * @param index within its schema, 0 to 63
     */
    record Field(int index, Role role) {}

    static final BodySchema STREAM_OPTIONS =
            new BodySchema().add(Role.INCLUDE_USAGE, "include_usage");

    static final BodySchema GENERATION_CONFIG =
            new BodySchema()
                    .add(Role.LIMIT, "maxOutputTokens", "max_output_tokens")
                    .add(Role.FACTOR, "candidateCount", "candidate_count");

    static final BodySchema THINKING = new BodySchema().add(Role.THINKING_BUDGET, "budget_tokens");

    private static final BodySchema CHAT =
            new BodySchema()
                    .common()
                    .addEach(Role.LIMIT, "max_tokens", "max_completion_tokens")
                    .add(Role.FACTOR, "n")
                    .add(Role.STREAM_OPTIONS, "stream_options")
                    .add(Role.TOOLS, "tools")
                    .addEach(
                            Role.REFERENCE, "web_search_options", "plugins", "previous_response_id")
                    .add(Role.CONTENT, "messages")
                    .tools("function", "custom")
                    .paths("messages", "content", "image_url", "input_audio", "file", "audio")
                    .references("file_id", "video_url", "file_url");

    private static final BodySchema COMPLETIONS =
            new BodySchema()
                    .common()
                    .addEach(Role.LIMIT, "max_tokens", "max_completion_tokens")
                    .addEach(Role.FACTOR, "n", "best_of")
                    .add(Role.STREAM_OPTIONS, "stream_options")
                    .add(Role.PROMPTS, "prompt");

    private static final BodySchema RESPONSES =
            new BodySchema()
                    .common()
                    .add(Role.LIMIT, "max_output_tokens")
                    .add(Role.BACKGROUND, "background")
                    .add(Role.TOOLS, "tools")
                    .addEach(Role.REFERENCE, "previous_response_id", "conversation", "prompt")
                    .add(Role.CONTENT, "input")
                    .tools("function", "custom")
                    .paths("input", "content", "output")
                    .references("file_id", "file_url", "video_url");

    private static final BodySchema OTHER =
            new BodySchema()
                    .common()
                    .add(Role.FACTOR, "n")
                    .add(Role.PROMPTS, "input")
                    .add(Role.CONTENT, "prompt");

    private static final BodySchema ANTHROPIC =
            new BodySchema()
                    .common()
                    .addEach(Role.LIMIT, "max_tokens", "max_tokens_to_sample")
                    .add(Role.THINKING, "thinking")
                    .add(Role.TOOLS, "tools")
                    .addEach(Role.REFERENCE, "container", "mcp_servers")
                    .addEach(Role.CONTENT, "messages", "system")
                    .tools("custom")
                    .paths("messages", "content", "source")
                    .references("file_id", "url");

    private static final BodySchema GEMINI =
            new BodySchema()
                    .add(Role.MODEL, "model")
                    .add(Role.GENERATION_CONFIG, "generationConfig", "generation_config")
                    .add(Role.TOOLS, "tools")
                    .add(Role.REFERENCE, "cachedContent", "cached_content")
                    .add(Role.CONTENT, "contents")
                    .add(Role.CONTENT, "systemInstruction", "system_instruction")
                    .tools("functionDeclarations", "function_declarations")
                    .paths("contents", "systemInstruction", "system_instruction", "parts")
                    .paths("inlineData", "inline_data")
                    .references("fileData", "file_data");

    private final Map<String, Field> fields = new HashMap<>();
    private final Set<String> foldedFields = new HashSet<>();
    private final Set<String> paths = new HashSet<>();
    private final Set<String> foldedPaths = new HashSet<>();
    private final Set<String> foldedReferences = new HashSet<>();
    private final Set<String> tools = new HashSet<>();
    private int nextIndex;

    /** The schema of a dialect whose body is JSON. */
    static BodySchema of(Dialect dialect) {
        return switch (dialect) {
            case OPENAI_CHAT -> CHAT;
            case OPENAI_COMPLETIONS -> COMPLETIONS;
            case OPENAI_RESPONSES -> RESPONSES;
            case OPENAI_OTHER -> OTHER;
            case ANTHROPIC, ANTHROPIC_COUNT -> ANTHROPIC;
            case GEMINI -> GEMINI;
            case OPENAI_MULTIPART, LIST_MODELS ->
                    throw new IllegalArgumentException(dialect + " has no JSON body");
        };
    }

    private BodySchema common() {
        return add(Role.MODEL, "model").add(Role.STREAM, "stream");
    }

    private BodySchema addEach(Role role, String... names) {
        for (var name : names) {
            add(role, name);
        }
        return this;
    }

    /** Adds one field under all its names. */
    private BodySchema add(Role role, String... names) {
        var field = new Field(nextIndex++, role);
        for (var name : names) {
            fields.put(name, field);
            foldedFields.add(fold(name));
        }
        return this;
    }

    private BodySchema paths(String... names) {
        for (var name : names) {
            paths.add(name);
            foldedPaths.add(fold(name));
        }
        return this;
    }

    private BodySchema references(String... names) {
        for (var name : names) {
            foldedReferences.add(fold(name));
        }
        return this;
    }

    private BodySchema tools(String... types) {
        tools.addAll(List.of(types));
        return this;
    }

    /** The field of exactly this name; null if it does not matter. */
    @Nullable Field field(String name) {
        return fields.get(name);
    }

    /** Whether a laxer reader could take the name for one that matters. */
    boolean resembles(String name) {
        return foldedFields.contains(fold(name));
    }

    /** Whether images and files may stand under a key of this name. */
    boolean leadsToMedia(String name) {
        return paths.contains(name);
    }

    /** As {@link #leadsToMedia}, for a reader that ignores case. */
    boolean mayLeadToReference(String name) {
        return paths.contains(name) || foldedPaths.contains(fold(name));
    }

    boolean isReference(String name) {
        return foldedReferences.contains(fold(name));
    }

    /** Whether a tool of this type runs at the client, so that its results come in the body. */
    boolean runsAtClient(String toolType) {
        return tools.contains(toolType);
    }

    /** Folds like Go's encoding/json, which takes ſ for s and the Kelvin sign for k. */
    static String fold(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c >= 0x80 || (c >= 'A' && c <= 'Z')) {
                return name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
            }
        }
        return name;
    }
}
