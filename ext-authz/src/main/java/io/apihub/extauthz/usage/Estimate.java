package io.apihub.extauthz.usage;

import io.apihub.model.usage.Dialect;

/** What a request used, guessed from bytes: never more than its hold. */
final class Estimate {

    /** A text of any language has about one token in this many bytes. */
    private static final long BYTES_PER_INPUT_TOKEN = 3;

    private static final long BYTES_PER_JSON_TOKEN = 4;

    /** An answer up to this size may well have no text in it. */
    private static final long EVENT_FRAME = 1200;

    private static final long JSON_FRAME = 1000;

    private Estimate() {}

    static long input(LogEntry entry) {
        long bytes = Math.max(entry.hold().getRequestBytes(), entry.exchange().requestBytes());
        return Math.min(entry.hold().getInputTokens(), Math.ceilDiv(bytes, BYTES_PER_INPUT_TOKEN));
    }

    static long output(LogEntry entry, Dialect dialect) {
        long bytes = entry.exchange().responseBytes();
        long perToken =
                entry.exchange().eventStream() ? bytesPerEvent(dialect) : BYTES_PER_JSON_TOKEN;
        return Math.min(entry.hold().getOutputTokens(), Math.ceilDiv(bytes, perToken));
    }

    /** Most providers send about one token an event; this is the size of such an event. */
    private static long bytesPerEvent(Dialect dialect) {
        return switch (dialect) {
            case OPENAI_CHAT -> 250;
            case OPENAI_COMPLETIONS, OPENAI_OTHER, OPENAI_MULTIPART -> 200;
            case OPENAI_RESPONSES -> 220;
            case ANTHROPIC, ANTHROPIC_COUNT -> 120;
            case GEMINI, LIST_MODELS -> 100;
        };
    }

    /** Whether text flowed although the provider says that there was none. */
    static boolean outputMissing(LogEntry entry, Dialect dialect, Count count) {
        boolean writes = dialect != Dialect.OPENAI_OTHER && dialect != Dialect.OPENAI_MULTIPART;
        long frame = entry.exchange().eventStream() ? EVENT_FRAME : JSON_FRAME;
        return writes && count.output() == 0 && entry.exchange().responseBytes() > frame;
    }
}
