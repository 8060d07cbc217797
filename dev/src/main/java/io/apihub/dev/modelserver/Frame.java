package io.apihub.dev.modelserver;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One server-sent event.
 *
 * @param event its name, empty for none
 * @param word whether it brings a word (or a piece) of the answer
 */
record Frame(String event, String data, boolean word) {

    static Frame of(String event, JsonNode data) {
        return new Frame(event, Json.write(data), false);
    }

    static Frame data(JsonNode data) {
        return of("", data);
    }

    Frame asWord() {
        return new Frame(event, data, true);
    }

    String wire() {
        return (event.isEmpty() ? "" : "event: " + event + "\n") + "data: " + data + "\n\n";
    }
}
