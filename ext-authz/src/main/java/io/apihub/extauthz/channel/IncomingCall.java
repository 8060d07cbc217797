package io.apihub.extauthz.channel;

import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One stream of an HTTP/2 connection: a message that comes in, and one that goes out. */
final class IncomingCall implements UnaryCall {

    private static final Logger LOG = LoggerFactory.getLogger(IncomingCall.class);

    /** Before a message: whether it is compressed, and its length. */
    private static final int PREFIX = 5;

    private static final byte[] NOTHING = {};

    private final UnaryConnection connection;
    private final int stream;
    private final UnaryMethod method;

    private long prefix;
    private int prefixRead;
    private byte[] message = NOTHING;
    private int read;
    private boolean whole;

    private @Nullable Runnable onCancel;
    private byte @Nullable [] answer;
    private int sent;
    private int window;
    private int taken;

    /**
     * @param window bytes that the peer takes on this stream
     */
    IncomingCall(UnaryConnection connection, int stream, UnaryMethod method, int window) {
        this.connection = connection;
        this.stream = stream;
        this.method = method;
        this.window = window;
    }

    int stream() {
        return stream;
    }

    /**
     * Takes in what came.
     *
     * @return OK, or why the call is over
     */
    Status.Code read(ByteBuf data, int maxMessage) {
        while (prefixRead < PREFIX && data.isReadable()) {
            prefix = (prefix << Byte.SIZE) | data.readUnsignedByte();
            if (++prefixRead == PREFIX) {
                if (prefix >>> Integer.SIZE != 0) {
                    return Status.Code.UNIMPLEMENTED; // Compressed; nobody said that it may be.
                }
                if (prefix > maxMessage) {
                    return Status.Code.RESOURCE_EXHAUSTED;
                }
                message = new byte[(int) prefix];
            }
        }
        int more = Math.min(message.length - read, data.readableBytes());
        data.readBytes(message, read, more);
        read += more;
        return data.isReadable() ? Status.Code.INTERNAL : Status.Code.OK;
    }

    /** Counts bytes that the peer may send again; returns them once they are worth telling. */
    int takeIn(int bytes, int worth) {
        taken += bytes;
        int told = taken < worth ? 0 : taken;
        taken -= told;
        return told;
    }

    /**
     * Nothing more comes.
     *
     * @return OK, or why there is no message
     */
    Status.Code start() {
        whole = true;
        if (prefixRead < PREFIX || read < message.length) {
            return Status.Code.INTERNAL;
        }
        var question = message;
        message = NOTHING; // An answer may take a while, and the message be large.
        read = 0;
        method.call(question, this);
        return Status.Code.OK;
    }

    /** Whether nothing more may come. */
    boolean isWhole() {
        return whole;
    }

    @Override
    public void onCancel(Runnable action) {
        onCancel = action;
    }

    /** The caller gave up. */
    void cancel() {
        if (onCancel == null) {
            return;
        }
        try {
            onCancel.run();
        } catch (RuntimeException e) {
            LOG.error("what a cancelled call took was not given back", e);
        }
    }

    @Override
    public void answer(byte[] message) {
        connection.run(() -> connection.answer(this, message));
    }

    @Override
    public void fail(Status.Code code) {
        connection.run(() -> connection.fail(this, code));
    }

    /** Whether the answer is decided. */
    boolean isAnswered() {
        return answer != null;
    }

    void answerWith(byte[] message) {
        answer = message;
    }

    /**
     * The peer takes so many bytes more, or fewer.
     *
     * @return false if that is more than there can be
     */
    boolean widen(int bytes) {
        long wider = (long) window + bytes;
        window = (int) wider;
        return wider <= Integer.MAX_VALUE;
    }

    /**
     * Writes as much of the answer as the peer takes.
     *
     * @param most bytes that it takes of all streams
     * @return bytes written
     */
    int send(OutgoingFrames out, int most) {
        var all = answer;
        if (all == null) {
            return 0;
        }
        int allowed = Math.min(most, window);
        int total = 0;
        while (allowed > total && sent < PREFIX + all.length) {
            int length =
                    Math.min(
                            OutgoingFrames.MAX_PAYLOAD,
                            Math.min(allowed - total, PREFIX + all.length - sent));
            var data = out.data(stream, length);
            int to = sent + length;
            for (; sent < Math.min(PREFIX, to); sent++) {
                data.writeByte(sent == 0 ? 0 : all.length >>> (Byte.SIZE * (PREFIX - 1 - sent)));
            }
            if (sent < to) {
                data.writeBytes(all, sent - PREFIX, to - sent);
                sent = to;
            }
            total += length;
        }
        window -= total;
        return total;
    }

    /** Whether all of the answer is written. */
    boolean isSent() {
        return answer != null && sent == PREFIX + answer.length;
    }
}
