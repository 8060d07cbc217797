package io.apihub.dev.modelserver;

import com.sun.net.httpserver.HttpExchange;
import io.apihub.model.usage.TokenUsage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * Writes one answer to its connection, with the faults that were asked for, and remembers how far
 * it came.
 */
final class Answer {

    private static final Duration LONG_STALL = Duration.ofSeconds(30);

    private final HttpExchange exchange;
    private int status;
    private boolean completed;
    private String id = "";
    private TokenUsage usage = TokenUsage.NONE;

    Answer(HttpExchange exchange) {
        this.exchange = exchange;
    }

    int status() {
        return status;
    }

    boolean completed() {
        return completed;
    }

    String id() {
        return id;
    }

    TokenUsage usage() {
        return usage;
    }

    /** A document without tokens: an error, a list, a count. */
    void plain(int code, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        head("application/json", code, bytes.length);
        exchange.getResponseBody().write(bytes);
        completed = true;
    }

    void json(Reply reply, String document) throws IOException, InterruptedException {
        var directives = reply.directives();
        begin(reply);
        String sent = directives.has("malformed") ? document + "}" : document;
        byte[] bytes = sent.getBytes(StandardCharsets.UTF_8);
        pause(directives.duration("stall-before-first-byte", LONG_STALL));
        pause(
                directives
                        .duration("delay", Duration.ZERO)
                        .multipliedBy(Math.max(1, reply.words().size())));
        head("application/json", 200, bytes.length);
        boolean cut = directives.has("cut-after");
        exchange.getResponseBody().write(bytes, 0, cut ? bytes.length / 2 : bytes.length);
        exchange.getResponseBody().flush();
        usage = reply.usage();
        completed = !cut;
    }

    /** Sends events; {@code failure} is the one that {@code fail-after} sends. */
    void stream(Reply reply, List<Frame> frames, Frame failure)
            throws IOException, InterruptedException {
        var directives = reply.directives();
        begin(reply);
        pause(directives.duration("stall-before-first-byte", LONG_STALL));
        head("text/event-stream; charset=utf-8", 200, 0);
        int cutAfter = directives.number("cut-after", Integer.MAX_VALUE);
        int failAfter = directives.number("fail-after", Integer.MAX_VALUE);
        Duration delay = directives.duration("delay", Duration.ZERO);
        int words = 0;
        for (Frame frame : frames) {
            if (frame.word() && words >= Math.min(cutAfter, failAfter)) {
                if (failAfter <= cutAfter) {
                    send(failure.wire());
                }
                return;
            }
            if (frame.word()) {
                pause(delay);
            }
            send(frame.wire());
            words += frame.word() ? 1 : 0;
            usage = TokenUsage.of(reply.usage().totalInput(), words);
        }
        usage = reply.usage();
        completed = true;
        pause(directives.duration("hang-after-done", LONG_STALL));
    }

    /** Gemini's stream without {@code alt=sse}: the same chunks as one JSON array. */
    void array(Reply reply, List<Frame> frames) throws IOException, InterruptedException {
        begin(reply);
        head("application/json; charset=utf-8", 200, 0);
        String separator = "[";
        for (Frame frame : frames) {
            send(separator + frame.data());
            separator = "\r\n,";
        }
        send("]");
        usage = reply.usage();
        completed = true;
    }

    private void begin(Reply reply) {
        id = reply.id();
        usage = TokenUsage.of(reply.usage().totalInput(), 0);
    }

    private void head(String type, int code, long length) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("x-request-id", "req_" + id);
        exchange.sendResponseHeaders(code, length);
        status = code;
    }

    private void send(String text) throws IOException {
        OutputStream body = exchange.getResponseBody();
        body.write(text.getBytes(StandardCharsets.UTF_8));
        body.flush();
    }

    private static void pause(Duration duration) throws InterruptedException {
        if (duration.isPositive()) {
            Thread.sleep(duration);
        }
    }
}
