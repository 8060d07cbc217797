package io.apihub.extauthz.request;

import io.apihub.extauthz.request.Inspection.Place;
import io.apihub.extauthz.request.RequestInspector.Body;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the small fields of a form from its first part: the whole of it never comes here. So the
 * model must stand before the file.
 */
final class MultipartScan {

    private static final Pattern BOUNDARY =
            Pattern.compile(
                    "boundary=(?:\"([^\"]{1,70})\"|([^\\s;\"]{1,70}))", Pattern.CASE_INSENSITIVE);
    private static final Pattern NAME =
            Pattern.compile(
                    "[;\\s]name\\*?=(?:\"([^\"]*)\"|([^\\s;\"]*))", Pattern.CASE_INSENSITIVE);
    private static final String LINE = "\r\n";

    private final Body body;
    private final String contentType;
    private final String text;

    private @Nullable String model;
    private @Nullable Place modelPlace;
    private @Nullable String stream;

    MultipartScan(Body body, String contentType) {
        this.body = body;
        this.contentType = contentType;
        // One character a byte, so that offsets agree.
        text = new String(body.bytes(), body.from(), body.length(), StandardCharsets.ISO_8859_1);
    }

    Inspection.Request scan() throws MalformedRequest {
        var delimiter = "--" + boundary();
        if (!text.startsWith(delimiter)) {
            throw new MalformedRequest("The form does not begin with its boundary.", null);
        }
        int at = delimiter.length();
        while (at >= 0 && text.startsWith(LINE, at)) {
            at = part(at + LINE.length(), LINE + delimiter);
        }
        var name = model;
        if (name == null) {
            throw new MalformedRequest(
                    "The form must name its model within the first 64 KiB: put it before the file.",
                    "model");
        }
        return new Inspection.Request(
                name,
                "true".equals(stream),
                0,
                1,
                1,
                body.length(),
                0,
                0,
                1,
                true,
                modelPlace,
                null,
                null);
    }

    private String boundary() throws MalformedRequest {
        var found = BOUNDARY.matcher(contentType);
        if (!contentType.regionMatches(true, 0, "multipart/form-data", 0, 19) || !found.find()) {
            throw new MalformedRequest("The body must be multipart/form-data.", null);
        }
        return found.group(1) != null ? found.group(1) : found.group(2);
    }

    /** Reads one part and returns where the next begins, -1 if there is none. */
    private int part(int at, String delimiter) throws MalformedRequest {
        int headersEnd = text.indexOf(LINE + LINE, at);
        if (headersEnd < 0) {
            return -1;
        }
        int from = headersEnd + 2 * LINE.length();
        int to = text.indexOf(delimiter, from);
        var name = nameIn(text.substring(at, headersEnd));
        switch (BodySchema.fold(name)) {
            case "model" -> model(name, from, to);
            case "stream" -> stream(name, from, to);
            default -> {}
        }
        return to < 0 ? -1 : to + delimiter.length();
    }

    private static String nameIn(String headers) throws MalformedRequest {
        var found = NAME.matcher(headers);
        if (!found.find()) {
            return "";
        }
        var name = found.group(1) != null ? found.group(1) : found.group(2);
        if (found.find()) {
            throw new MalformedRequest("A part of the form has two names.", null);
        }
        return name;
    }

    private void model(String name, int from, int to) throws MalformedRequest {
        if (!name.equals("model") || model != null || to < 0 || to - from > 256 || to == from) {
            throw new MalformedRequest("The form must name its model once, in full.", "model");
        }
        model = new String(body.bytes(), body.from() + from, to - from, StandardCharsets.UTF_8);
        modelPlace = new Place(from, to - from, false);
    }

    private void stream(String name, int from, int to) throws MalformedRequest {
        if (!name.equals("stream") || stream != null || to < 0) {
            throw new MalformedRequest("The form must say once whether to stream.", "stream");
        }
        stream = text.substring(from, to);
    }
}
