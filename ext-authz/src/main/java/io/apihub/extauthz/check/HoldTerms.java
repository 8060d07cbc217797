package io.apihub.extauthz.check;

import com.google.protobuf.CodedOutputStream;
import io.apihub.extauthz.credit.HoldDraft;
import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.function.Supplier;

/** Writes down what a hold is for. */
final class HoldTerms {

    private static final int MAX_TEXT = 128;

    /** All that is neither text nor bytes, and three ids: with tags and lengths. */
    private static final int NUMBERS = 256;

    private final InstantSource clock;
    private final Supplier<HoldId> ids;

    HoldTerms(InstantSource clock, Supplier<HoldId> ids) {
        this.clock = clock;
        this.ids = ids;
    }

    /** Everything but the incarnation and what is taken. */
    HoldDraft of(HttpRequest request, Caller caller, Pricer.Priced priced) {
        try {
            var id = ids.get();
            var texts = new Texts(request, priced);
            var bytes = new byte[NUMBERS + texts.size()];
            var out = CodedOutputStream.newInstance(bytes);
            out.writeByteArray(Hold.HOLD_ID_FIELD_NUMBER, id.toBytes());
            writeCaller(out, caller);
            texts.write(out);
            writeRequest(out, request, priced);
            var draft = new HoldDraft(id, bytes, out.getTotalBytesWritten());
            draft.atMost(priced.worst().outputTokens(), priced.cost().micros());
            return draft;
        } catch (IOException e) {
            throw new UncheckedIOException("a hold larger than computed", e);
        }
    }

    private static void writeCaller(CodedOutputStream out, Caller caller) throws IOException {
        var key = caller.key();
        var tenant = caller.tenant();
        out.writeBytes(Hold.TENANT_ID_FIELD_NUMBER, tenant.id());
        var uid = ByteBuffer.allocate(16).putLong(key.uidHigh()).putLong(key.uidLow());
        out.writeByteArray(Hold.KEY_UID_FIELD_NUMBER, uid.array());
        out.writeFixed64(Hold.KEY_ID_FIELD_NUMBER, key.keyId());
        out.writeInt64(
                Hold.PRICE_FACTOR_MILLIONTHS_FIELD_NUMBER, tenant.priceFactor().millionths());
        out.writeBool(Hold.UNMETERED_FIELD_NUMBER, tenant.unmetered());
    }

    private void writeRequest(CodedOutputStream out, HttpRequest request, Pricer.Priced priced)
            throws IOException {
        var worst = priced.worst();
        out.writeBool(Hold.STREAM_FIELD_NUMBER, priced.body().stream());
        out.writeInt64(Hold.PRICE_VERSION_FIELD_NUMBER, priced.priceVersion());
        out.writeInt64(Hold.INPUT_TOKENS_FIELD_NUMBER, worst.inputTokens());
        out.writeInt64(Hold.ADMITTED_AT_MILLIS_FIELD_NUMBER, clock.millis());
        out.writeInt64(Hold.REQUEST_BYTES_FIELD_NUMBER, request.body().length());
        out.writeBool(Hold.FREE_FIELD_NUMBER, Pricer.isFree(request.dialect()));
        out.writeInt64(Hold.CONTEXT_TOKENS_FIELD_NUMBER, worst.contextTokens());
        out.writeInt64(Hold.MAX_OUTPUT_TOKENS_FIELD_NUMBER, worst.maxOutputTokens());
        out.writeInt64(Hold.LONGEST_MILLIS_FIELD_NUMBER, request.longestMillis());
    }

    /** The texts of a hold, in UTF-8. */
    private static final class Texts {

        private static final int[] FIELDS = {
            Hold.DIALECT_FIELD_NUMBER,
            Hold.MODEL_FIELD_NUMBER,
            Hold.UPSTREAM_MODEL_FIELD_NUMBER,
            Hold.POOL_FIELD_NUMBER,
            Hold.REQUEST_ID_FIELD_NUMBER,
            Hold.CLIENT_ADDRESS_FIELD_NUMBER
        };

        private final byte[][] texts;

        Texts(HttpRequest request, Pricer.Priced priced) {
            texts =
                    new byte[][] {
                        utf8(request.dialect().wireName()),
                        utf8(priced.model().name()),
                        utf8(priced.model().upstreamName()),
                        utf8(priced.pool()),
                        utf8(bounded(request.requestId())),
                        utf8(bounded(request.clientAddress()))
                    };
        }

        private static byte[] utf8(String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }

        /** What clients can send must not make a journal's frame large. */
        private static String bounded(String text) {
            return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
        }

        /** With tags and lengths. */
        int size() {
            int size = 0;
            for (var text : texts) {
                size += 2 + Integer.BYTES + text.length;
            }
            return size;
        }

        void write(CodedOutputStream out) throws IOException {
            for (int i = 0; i < FIELDS.length; i++) {
                out.writeByteArray(FIELDS[i], texts[i]);
            }
        }
    }
}
