package io.apihub.dev.smoke;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apihub.dev.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the model server says that it served: the truth that metering is compared with. */
final class ServedLines {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Path log;
    private final ObjectMapper json = new ObjectMapper();

    ServedLines(Path log) {
        this.log = log;
    }

    /** Waits for the line of the request whose prompt carried the tag. */
    JsonNode tagged(String tag) throws IOException, InterruptedException {
        Await.until("the model server's log line of " + tag, LIMIT, () -> all().containsKey(tag));
        var line = all().get(tag);
        if (line == null) {
            throw new IOException(log + " lost " + tag);
        }
        return line;
    }

    /** All lines that carry a tag of this job, by the tag. */
    Map<String, JsonNode> all() throws IOException {
        var lines = new LinkedHashMap<String, JsonNode>();
        for (var line : Files.readAllLines(log)) {
            var entry = json.readTree(line);
            var tag = entry.path("tag").asText();
            if (tag.startsWith(Scene.TAGS)
                    && lines.put(tag.substring(Scene.TAGS.length()), entry) != null) {
                throw new Failure("the model server was asked twice for " + tag);
            }
        }
        return lines;
    }
}
