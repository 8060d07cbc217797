package io.apihub.extauthz.request;

import io.apihub.extauthz.request.RequestInspector.Body;
import java.nio.charset.StandardCharsets;

/** Tells images and files from text that only pretends to be one. */
final class Media {

    /** Longest header of a data URL that is looked at. */
    private static final int MAX_HEADER = 128;

    private static final boolean[] BASE64 = base64();

    private final byte[] bytes;
    private final int base;
    private final int end;

    Media(Body body) {
        bytes = body.bytes();
        base = body.from();
        end = body.from() + body.length();
    }

    private static boolean[] base64() {
        var chars = new boolean[256];
        var all = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=\\";
        all.chars().forEach(c -> chars[c] = true);
        return chars;
    }

    /** Offset in the body of a string token's closing quote; the token starts at {@code at}. */
    int closingQuote(int at) throws MalformedRequest {
        for (int i = base + at + 1; i < end; i++) {
            if (bytes[i] == '\\') {
                i++;
            } else if (bytes[i] == '"') {
                return i - base;
            }
        }
        throw new MalformedRequest("The body is not JSON: a string does not end.", null);
    }

    /** Whether everything between two offsets is base64; escaped slashes are accepted. */
    boolean isBase64(int from, int to) {
        for (int i = base + from; i < base + to; i++) {
            if (!BASE64[bytes[i] & 0xff]) {
                return false;
            }
        }
        return true;
    }

    /**
     * The header of a data URL that stands between two offsets, comma included, as it is written;
     * empty if there is none.
     */
    String dataUrlHeader(int from, int to) {
        int last = Math.min(base + to, base + from + MAX_HEADER);
        for (int i = base + from; i < last; i++) {
            if (bytes[i] == ',') {
                var raw =
                        new String(bytes, base + from, i + 1 - base - from, StandardCharsets.UTF_8);
                return raw.startsWith("data:") ? raw : "";
            }
        }
        return "";
    }

    /** What a media type is charged as. */
    enum Kind {
        IMAGE,
        FILE,
        /** Anything that a model may read letter by letter. */
        TEXT
    }

    static Kind kindOf(String mediaType) {
        if (mediaType.startsWith("image/") && !mediaType.contains("svg")) {
            return Kind.IMAGE;
        }
        boolean file =
                mediaType.startsWith("audio/")
                        || mediaType.startsWith("video/")
                        || mediaType.startsWith("application/pdf");
        return file ? Kind.FILE : Kind.TEXT;
    }
}
