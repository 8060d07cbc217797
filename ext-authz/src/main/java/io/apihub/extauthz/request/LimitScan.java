package io.apihub.extauthz.request;

import io.apihub.extauthz.request.Inspection.Place;
import io.apihub.extauthz.request.OutputLimit.Absent;
import io.apihub.model.usage.Dialect;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes note of what a body says about the length of its answer. For one thread, one body. */
final class LimitScan {

    private final List<Place> places = new ArrayList<>(2);
    private int configAt = -1;
    private boolean config;
    private boolean configEmpty = true;
    private long thinking;

    void limit(int at, int length) {
        places.add(new Place(at, length, true));
    }

    void configAt(int at) {
        configAt = at;
    }

    void configEntered() {
        config = true;
    }

    void configField() {
        configEmpty = false;
    }

    void thinking(long tokens) {
        thinking = tokens;
    }

    /** Null if the dialect has no such limit. */
    @Nullable OutputLimit limit(Dialect dialect, int rootAt) {
        var absent =
                switch (dialect) {
                    case OPENAI_CHAT, OPENAI_COMPLETIONS, ANTHROPIC ->
                            new Absent(rootAt + 1, 0, "\"max_tokens\":", ",");
                    case OPENAI_RESPONSES ->
                            new Absent(rootAt + 1, 0, "\"max_output_tokens\":", ",");
                    case GEMINI -> config(rootAt);
                    case ANTHROPIC_COUNT, OPENAI_OTHER, OPENAI_MULTIPART, LIST_MODELS -> null;
                };
        return absent == null ? null : new OutputLimit(places, absent, thinking);
    }

    private Absent config(int rootAt) {
        var field = "\"maxOutputTokens\":";
        if (configAt < 0) {
            return new Absent(rootAt + 1, 0, "\"generationConfig\":{" + field, "},");
        }
        return config
                ? new Absent(configAt + 1, 0, field, configEmpty ? "" : ",")
                : new Absent(configAt, "null".length(), "{" + field, "}");
    }
}
