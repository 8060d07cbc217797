package io.apihub.extauthz.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Frame by frame, with Netty's encoder and reader at the other end. */
class UnaryConnectionTest {

    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;

    private final List<byte[]> messages = new ArrayList<>();
    private final List<UnaryCall> calls = new ArrayList<>();
    private final List<String> cancelled = new ArrayList<>();
    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    private final Http2FrameReader reader = new DefaultHttp2FrameReader();
    private EmbeddedChannel channel;

    @BeforeEach
    void connect() {
        Map<AsciiString, UnaryMethod> methods =
                Map.of(
                        AsciiString.of("/Echo"),
                        (message, call) -> call.answer(message),
                        AsciiString.of("/Later"),
                        this::later);
        channel = new EmbeddedChannel(new UnaryConnection(methods, 1 << 20));
    }

    private void later(byte[] message, UnaryCall call) {
        call.onCancel(() -> cancelled.add(text(message)));
        messages.add(message);
        calls.add(call);
    }

    @AfterEach
    void disconnect() {
        channel.finishAndReleaseAll();
        reader.close();
    }

    @Test
    void aCallIsAnsweredWhereverTheBytesAreCut() throws Exception {
        var all = Unpooled.buffer();
        all.writeBytes(Http2CodecUtil.connectionPrefaceBuf());
        frame(all, Http2FrameTypes.SETTINGS, 0, 0, new byte[0]);
        request(all, 1, "/Echo", "hello");
        frame(all, Http2FrameTypes.PING, 0, 0, new byte[] {0, 0, 0, 0, 0, 0, 0, 7});
        while (all.isReadable()) {
            channel.writeInbound(Unpooled.copiedBuffer(all.readSlice(1)));
        }

        assertThat(sent())
                .containsExactly(
                        "settings {4=1048576, 6=8192}",
                        "window 0 983041",
                        "settings ack",
                        "headers 1 200 application/grpc",
                        "data 1 hello",
                        "headers 1 status 0 end",
                        "pong 7");
    }

    @Test
    void anAnswerWaitsForRoom() throws Exception {
        greet(new Http2Settings().initialWindowSize(3));
        sent();
        var bytes = Unpooled.buffer();
        request(bytes, 1, "/Echo", "hello");
        request(bytes, 3, "/Echo", "you");
        channel.writeInbound(bytes);

        assertThat(sent())
                .containsExactly(
                        "headers 1 200 application/grpc",
                        "bytes 1 3",
                        "headers 3 200 application/grpc",
                        "bytes 3 3");
        windowUpdate(3, 5);
        assertThat(sent()).containsExactly("bytes 3 5", "headers 3 status 0 end");
        windowUpdate(1, 1);
        assertThat(sent()).containsExactly("bytes 1 1");
        settings(new Http2Settings().initialWindowSize(100));
        assertThat(sent()).containsExactly("settings ack", "bytes 1 6", "headers 1 status 0 end");
    }

    @Test
    void theConnectionsRoomIsSharedInTurn() throws Exception {
        greet(new Http2Settings().initialWindowSize(1 << 20));
        sent();
        var bytes = Unpooled.buffer();
        request(bytes, 1, "/Later", "a");
        request(bytes, 3, "/Later", "b");
        channel.writeInbound(bytes);
        calls.get(0).answer(new byte[65_535]);
        calls.get(1).answer(new byte[10]);
        var first = sent();
        assertThat(first).contains("bytes 1 16383").doesNotContain("headers 1 status 0 end");
        assertThat(first.getLast()).isEqualTo("headers 3 200 application/grpc");

        windowUpdate(0, 1 << 20);

        assertThat(sent())
                .containsExactly(
                        "bytes 1 5",
                        "headers 1 status 0 end",
                        "bytes 3 15",
                        "headers 3 status 0 end");
    }

    @Test
    void aPeerThatSendsMuchIsToldToGoOn() throws Exception {
        greet(new Http2Settings());
        sent();
        var bytes = Unpooled.buffer();
        headers(bytes, 1, "/Echo", 0);
        channel.writeInbound(bytes);
        channel.writeInbound(data(1, new byte[] {0, 0, 0x0b, 0, 0}, 0));
        for (int i = 0; i < 44; i++) {
            channel.writeInbound(data(1, new byte[16_384], i == 43 ? END_STREAM : 0));
        }

        assertThat(sent()).contains("window 0 524293", "window 1 524293", "bytes 1 16384");
    }

    @Test
    void aPeerThatGivesUpIsHeard() throws Exception {
        greet(new Http2Settings());
        sent();
        var bytes = Unpooled.buffer();
        request(bytes, 1, "/Later", "a");
        request(bytes, 3, "/Later", "b");
        frame(bytes, Http2FrameTypes.RST_STREAM, 0, 1, new byte[] {0, 0, 0, 8});
        channel.writeInbound(bytes);
        assertThat(cancelled).containsExactly("a");
        calls.get(0).answer(new byte[1]);
        calls.get(1).answer(new byte[0]);
        assertThat(sent()).contains("headers 3 status 0 end").noneMatch(s -> s.contains(" 1 "));

        var _ = channel.close();

        assertThat(cancelled).containsExactly("a");
    }

    @Test
    void anAnswerThatIsHalfSentCanBeGivenUp() throws Exception {
        greet(new Http2Settings().initialWindowSize(3));
        var bytes = Unpooled.buffer();
        request(bytes, 1, "/Later", "a");
        channel.writeInbound(bytes);
        calls.getFirst().answer(new byte[10]);

        var _ = channel.close();

        assertThat(cancelled).containsExactly("a");
    }

    @Test
    void aSmallerTableIsAcknowledgedInTheNextHeaders() throws Exception {
        greet(new Http2Settings());
        settings(new Http2Settings().headerTableSize(0));
        reader.configuration().headersConfiguration().maxHeaderTableSize(0);
        var bytes = Unpooled.buffer();
        request(bytes, 1, "/Echo", "x");
        request(bytes, 3, "/Nowhere", "x");
        channel.writeInbound(bytes);

        assertThat(sent()).contains("headers 1 200 application/grpc", "headers 3 status 12 end");
    }

    @Test
    void aBrokenStreamEndsAloneAndABrokenConnectionWhole() throws Exception {
        greet(new Http2Settings());
        sent();
        var bytes = Unpooled.buffer();
        request(bytes, 1, "/Later", "a");
        frame(bytes, Http2FrameTypes.DATA, END_STREAM, 1, new byte[0]);
        request(bytes, 3, "/Echo", "b");
        frame(bytes, Http2FrameTypes.DATA, 0, 1, new byte[4]);
        headers(bytes, 5, "/Echo", END_STREAM);
        channel.writeInbound(bytes);

        assertThat(sent())
                .containsExactly(
                        "reset 1 STREAM_CLOSED",
                        "headers 3 200 application/grpc",
                        "data 3 b",
                        "headers 3 status 0 end",
                        "headers 5 status 13 end");
        assertThat(cancelled).containsExactly("a");

        channel.writeInbound(data(7, new byte[1], 0));

        assertThat(sent()).containsExactly("goaway 5 PROTOCOL_ERROR");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void nonsenseEndsItsConnection() {
        channel.writeInbound(
                Unpooled.copiedBuffer("GET / HTTP/1.1\r\n\r\n", StandardCharsets.US_ASCII));
        assertThat(channel.isOpen()).isFalse();

        var random = new Random(5);
        for (int round = 0; round < 300; round++) {
            connect();
            var bytes = Unpooled.buffer();
            bytes.writeBytes(Http2CodecUtil.connectionPrefaceBuf());
            for (int i = 0; i < 6; i++) {
                var payload = new byte[random.nextInt(20)];
                random.nextBytes(payload);
                frame(bytes, random.nextInt(11), random.nextInt(256), random.nextInt(8), payload);
            }
            channel.writeInbound(bytes);
            channel.checkException();
            channel.finishAndReleaseAll();
        }
    }

    private void greet(Http2Settings settings) {
        channel.writeInbound(Unpooled.copiedBuffer(Http2CodecUtil.connectionPrefaceBuf()));
        settings(settings);
    }

    private void settings(Http2Settings settings) {
        var payload = Unpooled.buffer();
        settings.forEach((id, value) -> payload.writeShort(id).writeInt(value.intValue()));
        var bytes = Unpooled.buffer();
        frame(bytes, Http2FrameTypes.SETTINGS, 0, 0, ByteBufUtil.getBytes(payload));
        channel.writeInbound(bytes);
    }

    private void windowUpdate(int stream, int more) {
        var bytes = Unpooled.buffer();
        var payload = Unpooled.buffer().writeInt(more);
        frame(bytes, Http2FrameTypes.WINDOW_UPDATE, 0, stream, ByteBufUtil.getBytes(payload));
        channel.writeInbound(bytes);
    }

    private static ByteBuf data(int stream, byte[] payload, int flags) {
        var bytes = Unpooled.buffer();
        frame(bytes, Http2FrameTypes.DATA, flags, stream, payload);
        return bytes;
    }

    private void request(ByteBuf out, int stream, String path, String message) throws Exception {
        headers(out, stream, path, 0);
        var payload = Unpooled.buffer().writeByte(0).writeInt(message.length());
        payload.writeCharSequence(message, StandardCharsets.US_ASCII);
        frame(out, Http2FrameTypes.DATA, END_STREAM, stream, ByteBufUtil.getBytes(payload));
    }

    private void headers(ByteBuf out, int stream, String path, int flags) throws Exception {
        var headers =
                new DefaultHttp2Headers()
                        .method("POST")
                        .scheme("http")
                        .path(path)
                        .add("content-type", "application/grpc");
        var block = Unpooled.buffer();
        encoder.encodeHeaders(stream, headers, block);
        frame(
                out,
                Http2FrameTypes.HEADERS,
                END_HEADERS | flags,
                stream,
                ByteBufUtil.getBytes(block));
    }

    private static void frame(ByteBuf out, int type, int flags, int stream, byte[] payload) {
        out.writeMedium(payload.length)
                .writeByte(type)
                .writeByte(flags)
                .writeInt(stream)
                .writeBytes(payload);
    }

    /** What the server sent since the last time. */
    private List<String> sent() throws Exception {
        var frames = new Frames();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            try {
                while (out.isReadable()) {
                    reader.readFrame(channel.pipeline().firstContext(), out, frames);
                }
            } finally {
                out.release();
            }
        }
        return frames.seen;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private static final class Frames extends Http2FrameAdapter {

        private final List<String> seen = new ArrayList<>();

        @Override
        public void onHeadersRead(
                ChannelHandlerContext context,
                int stream,
                Http2Headers headers,
                int padding,
                boolean end) {
            var words = new StringBuilder("headers " + stream);
            if (headers.contains("grpc-status")) {
                words.append(" status ").append(headers.get("grpc-status"));
            } else {
                words.append(' ').append(headers.status());
                words.append(' ').append(headers.get("content-type"));
            }
            seen.add(words + (end ? " end" : ""));
        }

        @Override
        public int onDataRead(
                ChannelHandlerContext context, int stream, ByteBuf data, int padding, boolean end) {
            var bytes = ByteBufUtil.getBytes(data);
            boolean whole = bytes.length > 5 && bytes[4] == bytes.length - 5 && bytes[5] >= 'a';
            seen.add(
                    whole
                            ? "data " + stream + " " + text(bytes).substring(5)
                            : "bytes " + stream + " " + bytes.length);
            return 0;
        }

        @Override
        public void onRstStreamRead(ChannelHandlerContext context, int stream, long error) {
            seen.add("reset " + stream + " " + Http2Error.valueOf(error));
        }

        @Override
        public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings) {
            var all = new TreeMap<Integer, Long>();
            settings.forEach((id, value) -> all.put((int) id, value));
            seen.add("settings " + all);
        }

        @Override
        public void onSettingsAckRead(ChannelHandlerContext context) {
            seen.add("settings ack");
        }

        @Override
        public void onPingAckRead(ChannelHandlerContext context, long data) {
            seen.add("pong " + data);
        }

        @Override
        public void onWindowUpdateRead(ChannelHandlerContext context, int stream, int more) {
            seen.add("window " + stream + " " + more);
        }

        @Override
        public void onGoAwayRead(
                ChannelHandlerContext context, int last, long error, ByteBuf words) {
            seen.add("goaway " + last + " " + Http2Error.valueOf(error));
        }
    }
}
