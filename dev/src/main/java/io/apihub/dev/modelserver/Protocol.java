package io.apihub.dev.modelserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.List;

/** One vendor's dialect: how it asks, answers, streams and fails. */
interface Protocol {

    /**
     * Reads a request.
     *
     * @throws BadRequest if the vendor would refuse it
     */
    Ask read(URI uri, JsonNode body);

    ObjectNode json(Reply reply);

    /** All events of the streamed answer, in order. */
    List<Frame> stream(Reply reply);

    ObjectNode error(int status, String message);

    /** What the vendor sends when it fails in the middle of a stream. */
    default Frame streamError(String message) {
        return Frame.data(error(500, message));
    }
}
