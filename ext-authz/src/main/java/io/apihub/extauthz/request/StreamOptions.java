package io.apihub.extauthz.request;

import org.jspecify.annotations.Nullable;

/** Where a body says whether its stream is to carry usage, and how to make it say yes. */
final class StreamOptions {

    private static final String ASK = "\"include_usage\":true";

    private int optionsAt = -1;
    private boolean object;
    private boolean empty = true;
    private boolean asked;
    private int answerAt = -1;
    private int answerLength;

    void at(int offset) {
        optionsAt = offset;
    }

    void entered() {
        object = true;
    }

    void field() {
        empty = false;
    }

    void includeUsage(boolean wanted, int at, int length) {
        asked = wanted;
        answerAt = at;
        answerLength = length;
    }

    /** Null if the client asked itself. */
    @Nullable Edit askForUsage(int rootAt) {
        if (asked) {
            return null;
        }
        if (optionsAt < 0) {
            return new Edit(rootAt + 1, 0, "\"stream_options\":{" + ASK + "},");
        }
        if (!object) {
            return new Edit(optionsAt, "null".length(), "{" + ASK + "}");
        }
        return answerAt < 0
                ? new Edit(optionsAt + 1, 0, empty ? ASK : ASK + ",")
                : new Edit(answerAt, answerLength, "true");
    }
}
