package io.apihub.extauthz.check;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.apihub.extauthz.request.RequestInspector.Body;
import io.apihub.model.usage.Dialect;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads Envoy's CheckRequest. A decision needs a tenth of it, and making objects of the rest costs
 * more than the decision: so this skips through the bytes, keeps a few strings, and leaves the body
 * where it is. What repeats counts once, the last of it, as in protobuf. For one message.
 */
final class CheckReader {

    // Field numbers of envoy.service.auth.v3 and what it uses.
    private static final int REQUEST_ATTRIBUTES = 1;
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

    private static final byte[][] HEADERS =
            HttpRequest.HEADERS.stream().map(CheckReader::ascii).toArray(byte[][]::new);
    private static final byte[] APIHUB = ascii("apihub");
    private static final byte[] DIALECT = ascii("dialect");
    private static final byte[] STAGE = ascii("stage");
    private static final byte[] NOTHING = {};
    private static final Map<String, Dialect> DIALECTS = dialects();

    private final byte[] bytes;
    private final CodedInputStream in;
    private final Map<String, String> headers = new HashMap<>();
    private String route = "";
    private String stage = "";
    private String target = "";
    private String peer = "";
    private Body body = new Body(NOTHING, 0, 0);

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
        reader.message(reader::request);
        return reader.check();
    }

    private IncomingCheck check() {
        var dialect = DIALECTS.getOrDefault(route, Dialect.OPENAI_CHAT);
        return new IncomingCheck(
                new HttpRequest(dialect, target, headers, peer, body),
                route,
                stage.equals("key-only"));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static Map<String, Dialect> dialects() {
        var all = new HashMap<String, Dialect>();
        for (var dialect : Dialect.values()) {
            all.put(dialect.wireName(), dialect);
        }
        return Map.copyOf(all);
    }

    /** Takes one length-delimited field, or not. */
    private interface Fields {

        /** Whether the field was read; if not it is skipped. */
        boolean read(int number) throws IOException;
    }

    private void message(Fields fields) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            boolean delimited =
                    WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
            if (!delimited || !fields.read(WireFormat.getTagFieldNumber(tag))) {
                in.skipField(tag);
            }
        }
    }

    private boolean nested(Fields fields) throws IOException {
        int limit = in.pushLimit(in.readRawVarint32());
        message(fields);
        in.checkLastTagWas(0);
        in.popLimit(limit);
        return true;
    }

    private boolean request(int number) throws IOException {
        return number == REQUEST_ATTRIBUTES && nested(this::attributes);
    }

    private boolean attributes(int number) throws IOException {
        return switch (number) {
            case ATTRIBUTES_SOURCE -> nested(this::peer);
            case ATTRIBUTES_REQUEST -> nested(field -> field == REQUEST_HTTP && nested(this::http));
            case ATTRIBUTES_EXTENSIONS -> nested(new Extension());
            case ATTRIBUTES_ROUTE_METADATA ->
                    nested(field -> field == METADATA_FILTER && nested(new FilterMetadata()));
            default -> false;
        };
    }

    private boolean peer(int number) throws IOException {
        return number == PEER_ADDRESS
                && nested(field -> field == ADDRESS_SOCKET && nested(this::socket));
    }

    private boolean socket(int number) throws IOException {
        if (number != SOCKET_ADDRESS) {
            return false;
        }
        peer = in.readString();
        return true;
    }

    private boolean http(int number) throws IOException {
        switch (number) {
            case HTTP_HEADERS -> nested(new Header());
            case HTTP_PATH -> target = in.readString();
            case HTTP_RAW_BODY -> {
                int length = in.readRawVarint32();
                int from = in.getTotalBytesRead();
                in.skipRawBytes(length);
                body = new Body(bytes, from, length);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Which of the names stands here; -1 if none does. */
    private int name(byte[]... names) throws IOException {
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
        return -1;
    }

    /** One entry of the headers; the value follows the key, as every writer of maps does it. */
    private final class Header implements Fields {

        private int which = -1;

        @Override
        public boolean read(int number) throws IOException {
            if (number == KEY) {
                which = name(HEADERS);
                return true;
            }
            if (number != VALUE || which < 0) {
                return false;
            }
            headers.put(HttpRequest.HEADERS.get(which), in.readString());
            return true;
        }
    }

    private final class Extension implements Fields {

        private boolean isStage;

        @Override
        public boolean read(int number) throws IOException {
            if (number == KEY) {
                isStage = name(STAGE) == 0;
                return true;
            }
            if (number != VALUE || !isStage) {
                return false;
            }
            stage = in.readString();
            return true;
        }
    }

    private final class FilterMetadata implements Fields {

        private boolean ours;

        @Override
        public boolean read(int number) throws IOException {
            if (number == KEY) {
                ours = name(APIHUB) == 0;
                return true;
            }
            return number == VALUE
                    && ours
                    && nested(field -> field == STRUCT_FIELDS && nested(new Setting()));
        }
    }

    private final class Setting implements Fields {

        private boolean isDialect;

        @Override
        public boolean read(int number) throws IOException {
            if (number == KEY) {
                isDialect = name(DIALECT) == 0;
                return true;
            }
            return number == VALUE && isDialect && nested(this::value);
        }

        private boolean value(int number) throws IOException {
            if (number != VALUE_STRING) {
                return false;
            }
            route = in.readString();
            return true;
        }
    }
}
