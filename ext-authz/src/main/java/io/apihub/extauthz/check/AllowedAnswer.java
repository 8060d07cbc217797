package io.apihub.extauthz.check;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.apihub.extauthz.error.ErrorResponse.Header;
import io.apihub.model.usage.Dialect;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writes the answer that lets a request pass: what is the same for all requests of a pool is kept
 * as bytes, and the few fields that differ are put behind it. Thread safe.
 */
final class AllowedAnswer {

    /** The header that names the cluster; Envoy removes what clients send under it. */
    private static final String POOL_HEADER = "x-apihub-pool";

    /** An empty status: yes. */
    private static final byte[] YES = {CheckResponse.STATUS_FIELD_NUMBER << 3 | 2, 0};

    /** The key of the hold's entry in the metadata. */
    private static final byte[] HOLD_KEY = {1 << 3 | 2, 4, 'h', 'o', 'l', 'd'};

    private static final int OK = CheckResponse.OK_RESPONSE_FIELD_NUMBER;
    private static final int METADATA = CheckResponse.DYNAMIC_METADATA_FIELD_NUMBER;
    private static final int FIELDS = Struct.FIELDS_FIELD_NUMBER;
    private static final int VALUE = 2;
    private static final int TEXT = Value.STRING_VALUE_FIELD_NUMBER;
    private static final int TO_CLIENT = OkHttpResponse.RESPONSE_HEADERS_TO_ADD_FIELD_NUMBER;
    private static final byte[] OVERWRITE = {
        HeaderValueOption.APPEND_ACTION_FIELD_NUMBER << 3,
        HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD_VALUE
    };
    private static final byte[] NOTHING = {};

    /** What never goes upstream. */
    private static final OkHttpResponse STRIPPED =
            OkHttpResponse.newBuilder()
                    .addHeadersToRemove("authorization")
                    .addHeadersToRemove("x-api-key")
                    .addHeadersToRemove("x-goog-api-key")
                    .addQueryParametersToRemove("key")
                    .addQueryParametersToRemove("auth_token")
                    .build();

    private final Map<Dialect, byte[]> dialects = new EnumMap<>(Dialect.class);
    private final ConcurrentHashMap<String, byte[]> pools = new ConcurrentHashMap<>();

    AllowedAnswer() {
        for (var dialect : Dialect.values()) {
            dialects.put(dialect, entry("dialect", text(dialect.wireName())));
        }
    }

    /**
     * @param rate headers of the answer to the client
     */
    byte[] of(Decision.Allowed allowed, List<Header> rate, Dialect dialect) {
        try {
            var pool = pools.computeIfAbsent(allowed.pool(), AllowedAnswer::toPool);
            var metadata = metadata(allowed, dialects.getOrDefault(dialect, NOTHING));
            return message(pool, more(allowed, rate), metadata);
        } catch (IOException e) {
            throw new UncheckedIOException("an answer of another size than computed", e);
        }
    }

    private static byte[] message(byte[] pool, byte[] more, Metadata metadata) throws IOException {
        int ok = pool.length + more.length;
        int size = YES.length + sizeOf(OK, ok) + sizeOf(METADATA, metadata.size());
        var message = new byte[size];
        var out = CodedOutputStream.newInstance(message);
        out.writeRawBytes(YES);
        begin(out, OK, ok);
        out.writeRawBytes(pool);
        out.writeRawBytes(more);
        begin(out, METADATA, metadata.size());
        metadata.write(out);
        out.checkNoSpaceLeft();
        return message;
    }

    private static Metadata metadata(Decision.Allowed allowed, byte[] dialect) throws IOException {
        var hold = Base64.getEncoder().encode(allowed.hold().bytes());
        var edits = allowed.edits().isEmpty() ? NOTHING : EditList.entry(allowed.edits());
        return new Metadata(hold, dialect, edits);
    }

    /** Entries of a Struct: the hold's text, and two that are written already. */
    @SuppressWarnings("ArrayRecordComponent") // Lives for one answer.
    private record Metadata(byte[] hold, byte[] dialect, byte[] edits) {

        private int value() {
            return sizeOf(TEXT, hold.length);
        }

        private int entry() {
            return HOLD_KEY.length + sizeOf(VALUE, value());
        }

        int size() {
            return sizeOf(FIELDS, entry()) + dialect.length + edits.length;
        }

        void write(CodedOutputStream out) throws IOException {
            begin(out, FIELDS, entry());
            out.writeRawBytes(HOLD_KEY);
            begin(out, VALUE, value());
            begin(out, TEXT, hold.length);
            out.writeRawBytes(hold);
            out.writeRawBytes(dialect);
            out.writeRawBytes(edits);
        }
    }

    private static int sizeOf(int field, int length) {
        return CodedOutputStream.computeTagSize(field)
                + CodedOutputStream.computeUInt32SizeNoTag(length)
                + length;
    }

    private static void begin(CodedOutputStream out, int field, int length) throws IOException {
        out.writeTag(field, 2);
        out.writeUInt32NoTag(length);
    }

    private static byte[] toPool(String pool) {
        return STRIPPED.toBuilder()
                .addHeaders(option(new Header(POOL_HEADER, pool)))
                .build()
                .toByteArray();
    }

    /** Parts of one message that are written one behind the other are one message. */
    private static byte[] more(Decision.Allowed allowed, List<Header> rate) throws IOException {
        var target = allowed.target();
        if (target == null && rate.isEmpty()) {
            return NOTHING;
        }
        var path = target == null ? null : new Header(":path", target);
        int size = path == null ? 0 : sizeOf(OkHttpResponse.HEADERS_FIELD_NUMBER, sizeOf(path));
        for (var header : rate) {
            size += sizeOf(TO_CLIENT, sizeOf(header));
        }
        var bytes = new byte[size];
        var out = CodedOutputStream.newInstance(bytes);
        if (path != null) {
            write(out, OkHttpResponse.HEADERS_FIELD_NUMBER, path);
        }
        for (var header : rate) {
            write(out, TO_CLIENT, header);
        }
        return bytes;
    }

    /** Of the header as a HeaderValueOption that overwrites. */
    private static int sizeOf(Header header) {
        return sizeOf(1, sizeOfValue(header)) + OVERWRITE.length;
    }

    private static int sizeOfValue(Header header) {
        return CodedOutputStream.computeStringSize(1, header.name())
                + CodedOutputStream.computeStringSize(VALUE, header.value());
    }

    private static void write(CodedOutputStream out, int field, Header header) throws IOException {
        begin(out, field, sizeOf(header));
        begin(out, 1, sizeOfValue(header));
        out.writeString(1, header.name());
        out.writeString(VALUE, header.value());
        out.writeRawBytes(OVERWRITE);
    }

    static HeaderValueOption option(Header header) {
        return HeaderValueOption.newBuilder()
                .setHeader(HeaderValue.newBuilder().setKey(header.name()).setValue(header.value()))
                .setAppendAction(HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)
                .build();
    }

    private static byte[] entry(String key, Value value) {
        return Struct.newBuilder().putFields(key, value).build().toByteArray();
    }

    static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }
}
