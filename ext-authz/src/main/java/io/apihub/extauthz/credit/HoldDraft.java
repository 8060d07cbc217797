package io.apihub.extauthz.credit;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.apihub.extauthz.journal.WrittenHold;
import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * A hold on its way to be written: what it is for stands there as bytes, and what it may use and
 * from which leases is put behind that at the end. For one thread at a time.
 */
public final class HoldDraft {

    private static final int MOST_OF_NUMBER = 11;

    /** Of the incarnation, and of the two numbers. */
    private static final int ENDING = 32 + 2 * MOST_OF_NUMBER;

    private final HoldId id;
    private final byte[] terms;
    private final int length;
    private long outputTokens;
    private long costMicros;

    /**
     * A hold of which nothing is taken yet.
     *
     * @param id must be new: a retry needs a new one
     * @param terms begins with a {@link Hold} that has this id, but neither {@code taken}, {@code
     *     incarnation}, {@code output_tokens} nor {@code cost_micros}
     * @param length of what it begins with
     */
    public HoldDraft(HoldId id, byte[] terms, int length) {
        this.id = id;
        this.terms = terms;
        this.length = length;
    }

    /** The same as a message. */
    public static HoldDraft of(Hold.Builder hold) {
        var terms = hold.clone().clearOutputTokens().clearCostMicros().build().toByteArray();
        var draft =
                new HoldDraft(HoldId.ofBytes(hold.getHoldId().toByteArray()), terms, terms.length);
        draft.atMost(hold.getOutputTokens(), hold.getCostMicros());
        return draft;
    }

    /** What it may use. */
    public void atMost(long outputTokens, long costMicros) {
        this.outputTokens = outputTokens;
        this.costMicros = costMicros;
    }

    /** Writes it down with all that was taken. */
    public WrittenHold written(ByteString incarnation, Claim taken) {
        try {
            return new WrittenHold(id, incarnation, bytes(incarnation, taken));
        } catch (IOException e) {
            throw new UncheckedIOException("a hold larger than computed", e);
        }
    }

    private byte[] bytes(ByteString incarnation, Claim taken) throws IOException {
        var bytes = new byte[length + ENDING + taken.mostBytesOfTaken()];
        System.arraycopy(terms, 0, bytes, 0, length);
        var out = CodedOutputStream.newInstance(bytes, length, bytes.length - length);
        out.writeBytes(Hold.INCARNATION_FIELD_NUMBER, incarnation);
        out.writeInt64(Hold.OUTPUT_TOKENS_FIELD_NUMBER, outputTokens);
        out.writeInt64(Hold.COST_MICROS_FIELD_NUMBER, costMicros);
        taken.writeTaken(out);
        return Arrays.copyOf(bytes, length + out.getTotalBytesWritten());
    }
}
