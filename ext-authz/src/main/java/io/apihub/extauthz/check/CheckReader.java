package io.apihub.extauthz.check;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.apihub.extauthz.request.RequestInspector.Body;
import io.apihub.model.usage.Dialect;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads Envoy's CheckRequest. A decision needs a tenth of it, and making objects of the rest costs
 * more than the decision: so this skips through the bytes, keeps a few strings, and leaves the body
 * where it is. What repeats counts once, the last of it, as in protobuf. For one message.
 */
final class CheckReader {

    // Field numbers of envoy.service.auth.v3 and what it uses.
    private static final int CHECK_ATTRIBUTES = 1;
    private static final int ATTRIBUTES_SOURCE = 1;
    private static final int ATTRIBUTES_REQUEST = 4;
    private static final int ATTRIBUTES_EXTENSIONS = 10;
    private static final int ATTRIBUTES_ROUTE_METADATA = 13;
    private static final int PEER_ADDRESS = 1;
    private static final int ADDRESS_SOCKET = 1;
    private static final int SOCKET_ADDRESS = 2;
    private static final int REQUEST_HTTP = 2;
    private static final int HTTP_HEADERS = 3;
    private static final int HTTP_PATH = 4;
    private static final int HTTP_RAW_BODY = 12;
    private static final int METADATA_FILTER = 1;
    private static final int STRUCT_FIELDS = 1;
    private static final int VALUE_STRING = 3;
    private static final int KEY = 1;
    private static final int VALUE = 2;

    private static final byte[] NOTHING = {};
    private static final int UNKNOWN = -1;
    private static final Map<String, Dialect> DIALECTS = dialects();

    private final byte[] bytes;
    private final CodedInputStream in;
    private final Map<String, String> headers = new HashMap<>();
    private String route = "";
    private String longest = "";
    private String stage = "";
    private String target = "";
    private String peer = "";
    private Body body = new Body(NOTHING, 0, 0);

    /** Which of its part's names the entry of a map has that is being read. */
    private int entry = UNKNOWN;

    private CheckReader(byte[] bytes) {
        this.bytes = bytes;
        in = CodedInputStream.newInstance(bytes);
    }

    /**
     * Reads a message, whose bytes are the body's from now on.
     *
     * @throws IOException if it is none
     */
    static IncomingCheck read(byte[] message) throws IOException {
        var reader = new CheckReader(message);
        reader.message(Part.CHECK);
        return reader.check();
    }

    private IncomingCheck check() {
        var dialect = DIALECTS.getOrDefault(route, Dialect.OPENAI_CHAT);
        return new IncomingCheck(
                new HttpRequest(dialect, target, headers, peer, longestMillis(), body),
                route,
                stage.equals("key-only"));
    }

    /** Whoever says nothing that can be read says nothing. */
    private long longestMillis() {
        try {
            return longest.isEmpty() ? 0 : Math.max(0, Long.parseLong(longest));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static Map<String, Dialect> dialects() {
        var all = new HashMap<String, Dialect>();
        for (var dialect : Dialect.values()) {
            all.put(dialect.wireName(), dialect);
        }
        return Map.copyOf(all);
    }

    /** The messages that are looked into; entries of maps are messages too. */
    @SuppressWarnings("ImmutableEnumChecker") // Nobody writes into the names.
    private enum Part {
        CHECK,
        ATTRIBUTES,
        PEER,
        ADDRESS,
        SOCKET,
        REQUEST,
        HTTP,
        METADATA,
        STRUCT,
        DIALECT,
        LONGEST,
        HEADER(HttpRequest.HEADERS),
        EXTENSION(List.of("stage")),
        FILTER_METADATA(List.of("apihub")),
        SETTING(List.of("dialect", "longest"));

        private final byte[][] names;

        Part() {
            this(List.of());
        }

        /** Entries of a map, of which only those of these names matter. */
        Part(List<String> names) {
            this.names =
                    names.stream()
                            .map(name -> name.getBytes(StandardCharsets.US_ASCII))
                            .toArray(byte[][]::new);
        }
    }

    private void message(Part part) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            boolean delimited =
                    WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
            if (!delimited || !field(part, WireFormat.getTagFieldNumber(tag))) {
                in.skipField(tag);
            }
        }
    }

    private boolean nested(Part part) throws IOException {
        int limit = in.pushLimit(in.readRawVarint32());
        int outer = entry;
        entry = UNKNOWN;
        message(part);
        entry = outer;
        in.checkLastTagWas(0);
        in.popLimit(limit);
        return true;
    }

    /** Whether the length-delimited field was read; if not it is skipped. */
    private boolean field(Part part, int number) throws IOException {
        return switch (part) {
            case CHECK -> number == CHECK_ATTRIBUTES && nested(Part.ATTRIBUTES);
            case ATTRIBUTES -> attribute(number);
            case PEER -> number == PEER_ADDRESS && nested(Part.ADDRESS);
            case ADDRESS -> number == ADDRESS_SOCKET && nested(Part.SOCKET);
            case SOCKET -> number == SOCKET_ADDRESS && text(part);
            case REQUEST -> number == REQUEST_HTTP && nested(Part.HTTP);
            case HTTP -> http(number);
            case METADATA -> number == METADATA_FILTER && nested(Part.FILTER_METADATA);
            case STRUCT -> number == STRUCT_FIELDS && nested(Part.SETTING);
            case DIALECT, LONGEST -> number == VALUE_STRING && text(part);
            case HEADER, EXTENSION, FILTER_METADATA, SETTING -> entry(part, number);
        };
    }

    private boolean attribute(int number) throws IOException {
        return switch (number) {
            case ATTRIBUTES_SOURCE -> nested(Part.PEER);
            case ATTRIBUTES_REQUEST -> nested(Part.REQUEST);
            case ATTRIBUTES_EXTENSIONS -> nested(Part.EXTENSION);
            case ATTRIBUTES_ROUTE_METADATA -> nested(Part.METADATA);
            default -> false;
        };
    }

    private boolean http(int number) throws IOException {
        return switch (number) {
            case HTTP_HEADERS -> nested(Part.HEADER);
            case HTTP_PATH -> text(Part.HTTP);
            case HTTP_RAW_BODY -> body();
            default -> false;
        };
    }

    private boolean body() throws IOException {
        int length = in.readRawVarint32();
        int from = in.getTotalBytesRead();
        in.skipRawBytes(length);
        body = new Body(bytes, from, length);
        return true;
    }

    /** The value follows the key, as every writer of maps does it. */
    private boolean entry(Part part, int number) throws IOException {
        if (number == KEY) {
            entry = name(part.names);
            return true;
        }
        if (number != VALUE || entry == UNKNOWN) {
            return false;
        }
        return switch (part) {
            case FILTER_METADATA -> nested(Part.STRUCT);
            case SETTING -> nested(entry == 0 ? Part.DIALECT : Part.LONGEST);
            default -> text(part);
        };
    }

    /** Which of the names stands here. */
    private int name(byte[][] names) throws IOException {
        int length = in.readRawVarint32();
        int from = in.getTotalBytesRead();
        in.skipRawBytes(length);
        for (int i = 0; i < names.length; i++) {
            var name = names[i];
            if (name.length == length
                    && Arrays.equals(bytes, from, from + length, name, 0, length)) {
                return i;
            }
        }
        return UNKNOWN;
    }

    /** Keeps the text that is the point of a part. */
    private boolean text(Part part) throws IOException {
        var text = in.readString();
        switch (part) {
            case SOCKET -> peer = text;
            case HTTP -> target = text;
            case HEADER -> headers.put(HttpRequest.HEADERS.get(entry), text);
            case EXTENSION -> stage = text;
            case DIALECT -> route = text;
            case LONGEST -> longest = text;
            default -> throw new IllegalStateException("no text in " + part);
        }
        return true;
    }
}
