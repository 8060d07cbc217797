package io.apihub.dev.modelserver;

import io.apihub.model.usage.TokenUsage;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Decides what is answered, by the rule that the package describes. */
final class Answering {

    private static final int DEFAULT_WORDS = 12;
    private static final String[] LEXICON = {
        "This", "answer", "comes", "from", "the", "demo", "model", "of", "APIHub", "word", "by",
        "word."
    };

    private final InstantSource clock;

    Answering(InstantSource clock) {
        this.clock = clock;
    }

    Reply reply(Ask ask) {
        var directives = ask.directives();
        var call = toolCall(ask, directives);
        int maximum =
                directives.has("ignore-max")
                        ? Integer.MAX_VALUE
                        : ask.maxTokens().orElse(Integer.MAX_VALUE);
        int reasoning = Math.min(directives.number("reasoning", 0), maximum);
        List<String> wanted = call.isPresent() ? List.of() : words(ask, directives);
        int kept = Math.min(wanted.size(), maximum - reasoning);

        long output = reasoning + (call.isPresent() ? tokens(call.get()) : kept);
        return new Reply(
                UUID.randomUUID().toString().replace("-", ""),
                clock.instant(),
                ask,
                directives,
                wanted.subList(0, kept),
                call,
                kept < wanted.size(),
                usage(ask, directives, output, reasoning));
    }

    /** An answer that generates nothing, such as an embedding or a count. */
    Reply inputOnly(Ask ask) {
        var directives = ask.directives();
        return new Reply(
                UUID.randomUUID().toString().replace("-", ""),
                clock.instant(),
                ask,
                directives,
                List.of(),
                Optional.empty(),
                false,
                usage(ask, directives, 0, 0));
    }

    private static TokenUsage usage(Ask ask, Directives directives, long output, long reasoning) {
        long input = ask.conversation().inputTokens();
        long cached = Math.min(input, directives.number("cached", 0));
        long write = Math.min(input - cached, directives.number("cache-write", 0));
        long write1h = Math.min(input - cached - write, directives.number("cache-write-1h", 0));
        return new TokenUsage(
                input - cached - write - write1h,
                cached,
                write,
                write1h,
                output * ask.choices(),
                reasoning * ask.choices());
    }

    private static Optional<Reply.ToolCall> toolCall(Ask ask, Directives directives) {
        var conversation = ask.conversation();
        if (!directives.has("tool") || conversation.answersTool()) {
            return Optional.empty();
        }
        String name = directives.value("tool").orElse("");
        return conversation.tools().stream()
                .filter(tool -> name.isEmpty() || tool.name().equals(name))
                .findFirst()
                .map(tool -> new Reply.ToolCall(tool.name(), tool.sampleArguments()));
    }

    private static long tokens(Reply.ToolCall call) {
        return 1 + Conversation.words(call.arguments().toString());
    }

    private static List<String> words(Ask ask, Directives directives) {
        if (directives.has("echo")) {
            return List.of(ask.conversation().lastUserText().strip().split("\\s+"));
        }
        int count = directives.number("words", DEFAULT_WORDS);
        var words = new ArrayList<String>(count);
        for (int i = 0; i < count; i++) {
            words.add(LEXICON[i % LEXICON.length]);
        }
        return words;
    }
}
