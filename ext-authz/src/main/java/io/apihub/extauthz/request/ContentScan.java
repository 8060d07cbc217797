package io.apihub.extauthz.request;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Finds images, files and references in messages. Bytes count as an image or file only where the
 * dialect has them: under keys of its path alone, named with a media type that is no text, and
 * written in base64. Everything else is text, so that a label never makes text cheaper.
 */
final class ContentScan {

    private final JsonParser parser;
    private final BodySchema schema;
    private final Media media;
    private final Tally tally;

    ContentScan(JsonParser parser, BodySchema schema, Media media, Tally tally) {
        this.parser = parser;
        this.schema = schema;
        this.media = media;
        this.tally = tally;
    }

    /** The parser stands on the value of a field of the body itself. */
    void field(String name) throws IOException, MalformedRequest {
        value(name, schema.leadsToMedia(name), schema.mayLeadToReference(name));
    }

    /**
     * @param mayHoldMedia whether every key down to here leads to media
     * @param mayRefer as before, for a reader that ignores case
     */
    private void value(String key, boolean mayHoldMedia, boolean mayRefer)
            throws IOException, MalformedRequest {
        if (!mayRefer) {
            parser.skipChildren();
            return;
        }
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            object(key, mayHoldMedia);
        } else if (parser.currentToken() == JsonToken.START_ARRAY) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                value(key, mayHoldMedia, true);
            }
        }
    }

    private void object(String key, boolean mayHoldMedia) throws IOException, MalformedRequest {
        var part = new Part(key);
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var name = parser.currentName();
            var token = parser.nextToken();
            if (token != JsonToken.VALUE_NULL && schema.isReference(name)) {
                tally.unseenState = true;
            }
            if (token == JsonToken.VALUE_STRING) {
                if (mayHoldMedia) {
                    string(part, name);
                } else if (BodySchema.fold(name).equals("type")) {
                    part.type(parser.getText());
                }
            } else {
                value(
                        name,
                        mayHoldMedia && schema.leadsToMedia(name),
                        schema.mayLeadToReference(name));
            }
        }
        part.end();
    }

    private void string(Part part, String name) throws IOException, MalformedRequest {
        switch (name) {
            case "data" -> part.data();
            case "media_type", "mimeType", "mime_type" -> part.mediaType(parser.getText());
            case "format" -> part.mediaType("audio/" + parser.getText());
            case "type" -> part.type(parser.getText());
            case "role" -> part.named = true;
            case "url", "image_url", "file_data" -> dataUrl(name);
            default -> {
                if (BodySchema.fold(name).equals("type")) {
                    part.type(parser.getText());
                }
            }
        }
    }

    private void dataUrl(String name) throws IOException, MalformedRequest {
        int from = offset() + 1;
        int to = media.closingQuote(from - 1);
        var written = media.dataUrlHeader(from, to);
        var header = written.replace("\\/", "/");
        boolean base64 = header.endsWith(";base64,");
        var kind = base64 ? Media.kindOf(header.substring("data:".length())) : Media.Kind.TEXT;
        int payload = from + written.length();
        if (kind != Media.Kind.TEXT && media.isBase64(payload, to)) {
            tally.media(kind, to - payload);
        } else {
            // A remote image costs the same as one that came along; a file's bytes stay text too.
            tally.reference(name.equals("file_data") ? Media.Kind.FILE : Media.Kind.IMAGE);
        }
    }

    private int offset() {
        return (int) parser.currentTokenLocation().getByteOffset();
    }

    /** What one object says about bytes that it may carry; its fields come in any order. */
    private final class Part {

        private final String key;
        private @Nullable String mediaType;
        private @Nullable String type;
        private boolean named;
        private boolean ambiguous;
        private int dataFrom = -1;
        private int dataTo;

        Part(String key) {
            this.key = key;
        }

        void data() throws MalformedRequest {
            ambiguous |= dataFrom >= 0;
            dataFrom = offset() + 1;
            dataTo = media.closingQuote(dataFrom - 1);
        }

        void mediaType(String found) {
            ambiguous |= mediaType != null;
            mediaType = found;
        }

        void type(String found) {
            ambiguous |= type != null;
            type = found;
            named = true;
            tally.unseenState |= found.equals("item_reference");
        }

        void end() {
            // The Responses API takes a bare {"id": ...} for a reference to a stored item.
            tally.unseenState |= key.equals("input") && !named;
            if (dataFrom < 0) {
                return;
            }
            var kind = mediaType == null ? Media.Kind.TEXT : Media.kindOf(mediaType);
            boolean labelled = !ambiguous && (type == null || type.equals("base64"));
            if (kind == Media.Kind.TEXT) {
                tally.files++;
            } else if (labelled && media.isBase64(dataFrom, dataTo)) {
                tally.media(kind, dataTo - dataFrom);
            } else {
                tally.reference(kind);
            }
        }
    }
}
