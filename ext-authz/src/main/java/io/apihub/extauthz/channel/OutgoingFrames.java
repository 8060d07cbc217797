package io.apihub.extauthz.channel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Settings;
import java.nio.charset.StandardCharsets;

/**
 * Frames of HTTP/2 on their way to the peer, gathered in one buffer until they are taken. All
 * answers begin and end alike, so these frames are kept ready made; their headers use no dynamic
 * table, so they mean the same whatever was sent before.
 */
final class OutgoingFrames {

    /** The largest payload that every peer takes. */
    static final int MAX_PAYLOAD = 16 << 10;

    private static final int FIRST_CAPACITY = 8 << 10;
    private static final int FRAME_HEADER = 9;
    private static final int STREAM_ID = 5;
    private static final byte END_STREAM = 1;
    private static final byte ACK = 1;
    private static final byte END_HEADERS = 4;
    private static final int SETTING = 6;

    /** HPACK: the dynamic table has no room from now on. */
    private static final int EMPTY_TABLE = 0x20;

    /** HPACK: {@code :status: 200} by its number, {@code content-type} by its name's number. */
    private static final byte[] OK = {(byte) 0x88, 0x0f, 0x10};

    private static final byte[] STATUS_NAME = {0};
    private static final byte[] BEGINNING = headers(END_HEADERS, OK, text("application/grpc"));
    private static final byte[] END =
            headers(END_HEADERS | END_STREAM, STATUS_NAME, text("grpc-status"), text("0"));

    private final ByteBufAllocator allocator;
    private ByteBuf bytes = Unpooled.EMPTY_BUFFER;
    private boolean tableChanged;

    OutgoingFrames(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    private static byte[] text(String text) {
        var ascii = text.getBytes(StandardCharsets.US_ASCII);
        var counted = new byte[1 + ascii.length];
        counted[0] = (byte) ascii.length;
        System.arraycopy(ascii, 0, counted, 1, ascii.length);
        return counted;
    }

    private static byte[] headers(int flags, byte[]... parts) {
        var block = Unpooled.wrappedBuffer(parts);
        var frame = new byte[FRAME_HEADER + block.readableBytes()];
        Unpooled.wrappedBuffer(frame)
                .writerIndex(0)
                .writeMedium(block.readableBytes())
                .writeByte(Http2FrameTypes.HEADERS)
                .writeByte(flags)
                .writeInt(0)
                .writeBytes(block);
        return frame;
    }

    boolean isEmpty() {
        return !bytes.isReadable();
    }

    /** All frames since the last time; the caller releases them. */
    ByteBuf take() {
        var taken = bytes;
        bytes = Unpooled.EMPTY_BUFFER;
        return taken;
    }

    void release() {
        take().release();
    }

    private ByteBuf room(int length) {
        if (bytes.capacity() == 0) {
            bytes = allocator.directBuffer(Math.max(FIRST_CAPACITY, length));
        }
        return bytes.ensureWritable(length);
    }

    private ByteBuf frame(int type, int flags, int stream, int length) {
        return room(FRAME_HEADER + length)
                .writeMedium(length)
                .writeByte(type)
                .writeByte(flags)
                .writeInt(stream);
    }

    /** What this end wants, and how much it takes of all streams together. */
    void hello(Http2Settings settings, int moreWindow) {
        var out = frame(Http2FrameTypes.SETTINGS, 0, 0, SETTING * settings.size());
        settings.forEach((id, value) -> out.writeShort(id).writeInt(value.intValue()));
        windowUpdate(0, moreWindow);
    }

    void settingsAck() {
        frame(Http2FrameTypes.SETTINGS, ACK, 0, 0);
    }

    void pong(long data) {
        frame(Http2FrameTypes.PING, ACK, 0, Long.BYTES).writeLong(data);
    }

    void windowUpdate(int stream, int increment) {
        frame(Http2FrameTypes.WINDOW_UPDATE, 0, stream, Integer.BYTES).writeInt(increment);
    }

    void reset(int stream, Http2Error error) {
        frame(Http2FrameTypes.RST_STREAM, 0, stream, Integer.BYTES).writeInt((int) error.code());
    }

    void goAway(int lastStream, Http2Error error) {
        frame(Http2FrameTypes.GO_AWAY, 0, 0, 2 * Integer.BYTES)
                .writeInt(lastStream)
                .writeInt((int) error.code());
    }

    /** The peer changed how large its table may be, and wants to hear that this end knows. */
    void tableChanged() {
        tableChanged = true;
    }

    /** The headers of an answer. */
    void begin(int stream) {
        if (tableChanged) {
            spelled(stream, END_HEADERS, OK, text("application/grpc"));
        } else {
            ready(BEGINNING, stream);
        }
    }

    /** The end of an answer. */
    void end(int stream) {
        ready(END, stream);
    }

    private void ready(byte[] frame, int stream) {
        var out = room(frame.length);
        int at = out.writerIndex();
        out.writeBytes(frame).setInt(at + STREAM_ID, stream);
    }

    /** No answer, with its status, a number. */
    void fail(int stream, int status) {
        spelled(
                stream,
                END_HEADERS | END_STREAM,
                OK,
                text("application/grpc"),
                STATUS_NAME,
                text("grpc-status"),
                text(Integer.toString(status)));
    }

    private void spelled(int stream, int flags, byte[]... parts) {
        var frame = headers(flags, parts);
        int extra = tableChanged ? 1 : 0;
        var out =
                frame(Http2FrameTypes.HEADERS, flags, stream, frame.length - FRAME_HEADER + extra);
        if (tableChanged) {
            out.writeByte(EMPTY_TABLE);
            tableChanged = false;
        }
        out.writeBytes(frame, FRAME_HEADER, frame.length - FRAME_HEADER);
    }

    /** Where the bytes of a message go. */
    ByteBuf data(int stream, int length) {
        return frame(Http2FrameTypes.DATA, 0, stream, length);
    }
}
