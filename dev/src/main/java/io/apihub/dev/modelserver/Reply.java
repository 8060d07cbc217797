package io.apihub.dev.modelserver;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apihub.model.usage.TokenUsage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What the server answers, before it takes the form of a dialect.
 *
 * @param words the words of each choice; empty for a tool call
 * @param cut whether the request's maximum ended the answer
 * @param usage the true usage of the whole answer
 */
record Reply(
        String id,
        Instant created,
        Ask ask,
        Directives directives,
        List<String> words,
        Optional<ToolCall> toolCall,
        boolean cut,
        TokenUsage usage) {

    /** A call of one of the client's tools. */
    record ToolCall(String name, ObjectNode arguments) {}

    Reply {
        words = List.copyOf(words);
    }

    String model() {
        return ask.model();
    }

    String text() {
        return String.join(" ", words);
    }

    /** The words as a stream tells them: every one but the first brings its blank. */
    List<String> deltas() {
        return IntStream.range(0, words.size())
                .mapToObj(i -> i == 0 ? words.get(0) : " " + words.get(i))
                .toList();
    }

    /** The usage to tell: {@code told}, or nothing, or nonsense if the prompt asked for it. */
    Optional<ObjectNode> tell(ObjectNode told) {
        if (directives.has("no-usage")) {
            return Optional.empty();
        }
        return Optional.of(
                directives.value("absurd-usage").map(k -> Absurd.usage(told, k)).orElse(told));
    }
}
