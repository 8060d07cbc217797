package io.apihub.dev.modelserver;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** OpenAI's {@code /v1/audio/transcriptions}. It hears how long the file is, and tells no usage. */
final class TranscriptionsProtocol {

    static final String PATH = "/v1/audio/transcriptions";

    private static final Pattern BOUNDARY = Pattern.compile("boundary=\"?([^\";]+)");
    private static final Pattern NAME = Pattern.compile(" name=\"([^\"]*)\"");

    private TranscriptionsProtocol() {}

    /** Reads the form; its prompt counts as a message. */
    static Ask read(String contentType, byte[] body) {
        Map<String, String> form = form(contentType, body);
        var conversation = new Conversation();
        conversation.say(Conversation.Role.USER, form.getOrDefault("prompt", ""));
        return new Ask(field(form, "model"), conversation, false, false, OptionalInt.empty(), 1);
    }

    static ObjectNode json(String contentType, byte[] body) {
        int bytes = field(form(contentType, body), "file").length();
        return Json.object().put("text", bytes + " bytes");
    }

    private static String field(Map<String, String> form, String name) {
        String value = form.get(name);
        if (value == null) {
            throw new BadRequest("you must provide a " + name + " parameter");
        }
        return value;
    }

    /** The parts by name, a character for each byte. */
    private static Map<String, String> form(String contentType, byte[] body) {
        var boundary = BOUNDARY.matcher(contentType);
        if (!boundary.find()) {
            throw new BadRequest("the body is no form");
        }
        var form = new HashMap<String, String>();
        String delimiter = "\r\n--" + boundary.group(1);
        String text = "\r\n" + new String(body, StandardCharsets.ISO_8859_1);
        for (String part : text.split(Pattern.quote(delimiter), -1)) {
            int head = part.indexOf("\r\n\r\n");
            var name = NAME.matcher(part.substring(0, Math.max(0, head)));
            if (name.find()) {
                form.put(name.group(1), part.substring(head + 4));
            }
        }
        return form;
    }
}
