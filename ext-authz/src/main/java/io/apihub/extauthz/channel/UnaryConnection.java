package io.apihub.extauthz.channel;

import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.AsciiString;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's end of an HTTP/2 connection with unary calls of gRPC, for a peer that is trusted:
 * Envoy. Netty reads frames and headers; what is kept here is which calls are open, and how many
 * bytes each end takes. Everything happens on the connection's event loop.
 */
final class UnaryConnection extends ByteToMessageDecoder {

    private static final Logger LOG = LoggerFactory.getLogger(UnaryConnection.class);

    /** Bytes that a peer may send before it hears from this end: of a stream, and of all. */
    private static final int WINDOW = 1 << 20;

    private static final int WORTH_TELLING = WINDOW / 2;
    private static final ByteBuf PREFACE = Http2CodecUtil.connectionPrefaceBuf();

    private final Map<AsciiString, UnaryMethod> methods;
    private final int maxMessage;
    private final Http2FrameReader reader = new DefaultHttp2FrameReader();
    private final IncomingFrames frames = new IncomingFrames(this);
    private final IntObjectMap<IncomingCall> calls = new IntObjectHashMap<>();

    /** Calls whose answers the peer has no room for now, in the order in which they came. */
    private final ArrayDeque<IncomingCall> blocked = new ArrayDeque<>();

    private @Nullable ChannelHandlerContext context;
    private @Nullable OutgoingFrames out;
    private boolean greeted;
    private boolean reading;
    private boolean over;
    private int lastStream;
    private int taken;
    private int window = Http2CodecUtil.DEFAULT_WINDOW_SIZE;
    private int windowOfStreams = Http2CodecUtil.DEFAULT_WINDOW_SIZE;

    /**
     * @param methods by path
     * @param maxMessage bytes of the largest message taken in
     */
    UnaryConnection(Map<AsciiString, UnaryMethod> methods, int maxMessage) {
        this.methods = methods;
        this.maxMessage = maxMessage;
    }

    @Override
    public void channelActive(ChannelHandlerContext active) throws Exception {
        context = active;
        out = new OutgoingFrames(active.alloc());
        out.hello(
                new Http2Settings()
                        .initialWindowSize(WINDOW)
                        .maxHeaderListSize(Http2CodecUtil.DEFAULT_HEADER_LIST_SIZE),
                WINDOW - Http2CodecUtil.DEFAULT_WINDOW_SIZE);
        flush();
        super.channelActive(active);
    }

    private OutgoingFrames out() {
        return Objects.requireNonNull(out);
    }

    @Override
    protected void decode(ChannelHandlerContext active, ByteBuf in, List<Object> none) {
        reading = true;
        try {
            if (over) {
                in.skipBytes(in.readableBytes());
            } else if (greeted || greet(in)) {
                reader.readFrame(active, in, frames);
            }
        } catch (Http2Exception e) {
            failed(e);
        }
    }

    private boolean greet(ByteBuf in) throws Http2Exception {
        int length = Math.min(in.readableBytes(), PREFACE.readableBytes());
        if (!ByteBufUtil.equals(in, in.readerIndex(), PREFACE, 0, length)) {
            throw Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "not HTTP/2");
        }
        greeted = length == PREFACE.readableBytes();
        if (greeted) {
            in.skipBytes(length);
        }
        return greeted;
    }

    private void failed(Http2Exception failure) {
        if (Http2Exception.isStreamError(failure)) {
            int stream = Http2Exception.streamId(failure);
            lastStream = Math.max(lastStream, stream);
            out().reset(stream, failure.error());
            cancel(stream);
        } else {
            LOG.warn("a connection is given up: {}", failure.getMessage());
            over = true;
            out().goAway(lastStream, failure.error());
            flush();
            var _ = Objects.requireNonNull(context).close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext active) throws Exception {
        reading = false;
        flush();
        super.channelReadComplete(active);
    }

    private void flush() {
        if (out != null && context != null && !out.isEmpty()) {
            var _ = context.writeAndFlush(out.take(), context.voidPromise());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext active, Throwable cause) {
        LOG.warn("a connection broke: {}", cause.toString());
        var _ = active.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext active) throws Exception {
        super.channelInactive(active);
        over = true;
        var open = List.copyOf(calls.values());
        calls.clear();
        blocked.clear();
        open.forEach(IncomingCall::cancel);
        out().release();
        reader.close();
    }

    /** Runs something on the event loop, at once if this is it. */
    void run(Runnable action) {
        var loop = Objects.requireNonNull(context).executor();
        if (loop.inEventLoop()) {
            action.run();
            if (!reading) {
                flush();
            }
        } else {
            loop.execute(() -> run(action));
        }
    }

    void opened(int stream, Http2Headers headers, boolean whole) throws Http2Exception {
        var call = calls.get(stream);
        if (call != null) {
            if (whole) {
                start(call);
            }
        } else if (stream > lastStream) {
            open(stream, headers, whole);
        }
    }

    private void open(int stream, Http2Headers headers, boolean whole) throws Http2Exception {
        if ((stream & 1) == 0) {
            throw Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "an even stream");
        }
        lastStream = stream;
        var path = headers.path();
        var method = path == null ? null : methods.get(AsciiString.of(path));
        if (method == null) {
            refuse(stream, Status.Code.UNIMPLEMENTED, whole);
            return;
        }
        var call = new IncomingCall(this, stream, method, windowOfStreams);
        calls.put(stream, call);
        if (whole) {
            start(call);
        }
    }

    /** No answer; and if more would come, it need not. */
    private void refuse(int stream, Status.Code code, boolean whole) {
        out().fail(stream, code.value());
        if (!whole) {
            out().reset(stream, Http2Error.NO_ERROR);
        }
    }

    void received(int stream, ByteBuf data, int padding, boolean last) throws Http2Exception {
        int length = data.readableBytes() + padding;
        taken += length;
        if (taken >= WORTH_TELLING) {
            out().windowUpdate(0, taken);
            taken = 0;
        }
        var call = calls.get(stream);
        if (call == null) {
            if (stream > lastStream) {
                throw Http2Exception.connectionError(
                        Http2Error.PROTOCOL_ERROR, "data before headers");
            }
            return; // It was answered or given up.
        }
        var code = call.read(data, maxMessage);
        if (code != Status.Code.OK) {
            fail(call, code);
        } else if (last) {
            start(call);
        } else {
            int told = call.takeIn(length, WORTH_TELLING);
            if (told > 0) {
                out().windowUpdate(stream, told);
            }
        }
    }

    private void start(IncomingCall call) throws Http2Exception {
        if (call.isWhole()) {
            throw Http2Exception.streamError(
                    call.stream(), Http2Error.STREAM_CLOSED, "a stream that ends twice");
        }
        Status.Code code;
        try {
            code = call.start();
        } catch (RuntimeException e) {
            LOG.error("a call failed", e);
            code = Status.Code.INTERNAL;
        }
        if (code != Status.Code.OK) {
            fail(call, code);
        }
    }

    void fail(IncomingCall call, Status.Code code) {
        if (!call.isAnswered() && calls.remove(call.stream()) != null) {
            refuse(call.stream(), code, call.isWhole());
        }
    }

    void answer(IncomingCall call, byte[] message) {
        if (call.isAnswered() || !calls.containsKey(call.stream())) {
            return;
        }
        call.answerWith(message);
        out().begin(call.stream());
        if (!send(call)) {
            blocked.add(call);
        }
    }

    /** Whether it is all written. */
    private boolean send(IncomingCall call) {
        window -= call.send(out(), window);
        if (!call.isSent()) {
            return false;
        }
        out().end(call.stream());
        calls.remove(call.stream());
        return true;
    }

    private void sendBlocked() {
        if (!blocked.isEmpty()) {
            blocked.removeIf(this::send);
        }
    }

    void cancel(int stream) {
        var call = calls.remove(stream);
        if (call != null) {
            blocked.remove(call);
            call.cancel();
        }
    }

    void settings(Http2Settings settings) throws Http2Exception {
        var wanted = settings.initialWindowSize();
        if (wanted != null) {
            int more = wanted - windowOfStreams;
            windowOfStreams = wanted;
            for (var call : calls.values()) {
                widen(call, more);
            }
        }
        if (settings.headerTableSize() != null) {
            out().tableChanged();
        }
        out().settingsAck();
        sendBlocked();
    }

    void windowUpdate(int stream, int more) throws Http2Exception {
        var call = stream == 0 ? null : calls.get(stream);
        if (stream == 0) {
            if (more > Integer.MAX_VALUE - window) {
                throw tooWide();
            }
            window += more;
        } else if (call != null) {
            widen(call, more);
        }
        sendBlocked();
    }

    private static void widen(IncomingCall call, int more) throws Http2Exception {
        if (!call.widen(more)) {
            throw tooWide();
        }
    }

    private static Http2Exception tooWide() {
        return Http2Exception.connectionError(
                Http2Error.FLOW_CONTROL_ERROR, "a window larger than there can be");
    }

    void ping(long data) {
        out().pong(data);
    }
}
