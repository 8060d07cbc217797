package io.apihub.billing.events;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One event as the wire has it: encoded once, however many streams it goes to. */
public final class ServerEvent {

    private final byte[] bytes;

    private ServerEvent(String text) {
        bytes = text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * An event.
     *
     * @param id what a client gives back as {@code Last-Event-ID}; null leaves the last one
     * @param name its type
     * @param data any text; lines may end as they like
     * @throws IllegalArgumentException if id or name have more than one line
     */
    public static ServerEvent of(@Nullable String id, String name, String data) {
        var text = new StringBuilder();
        if (id != null) {
            text.append("id: ").append(line(id)).append('\n');
        }
        text.append("event: ").append(line(name)).append('\n');
        data.lines().forEach(line -> text.append("data: ").append(line).append('\n'));
        if (data.isEmpty()) {
            text.append("data:\n");
        }
        return new ServerEvent(text.append('\n').toString());
    }

    /** What clients do not see; it keeps proxies from closing the connection. */
    static ServerEvent comment(String text) {
        return new ServerEvent(": " + line(text) + "\n\n");
    }

    private static String line(String text) {
        if (Objects.requireNonNull(text).chars().anyMatch(c -> c == '\n' || c == '\r' || c == 0)) {
            throw new IllegalArgumentException("more than one line: '" + text + "'");
        }
        return text;
    }

    byte[] bytes() {
        return bytes;
    }

    /** As the wire has it. */
    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
