package io.apihub.extauthz.channel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;

/** Tells a connection what Netty read; frames that say nothing to a server of calls are ignored. */
final class IncomingFrames extends Http2FrameAdapter {

    private final UnaryConnection connection;

    IncomingFrames(UnaryConnection connection) {
        this.connection = connection;
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext context,
            int stream,
            Http2Headers headers,
            int padding,
            boolean last)
            throws Http2Exception {
        connection.opened(stream, headers, last);
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext context,
            int stream,
            Http2Headers headers,
            int dependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean last)
            throws Http2Exception {
        connection.opened(stream, headers, last);
    }

    @Override
    public int onDataRead(
            ChannelHandlerContext context, int stream, ByteBuf data, int padding, boolean last)
            throws Http2Exception {
        connection.received(stream, data, padding, last);
        return 0;
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext context, int stream, long error) {
        connection.cancel(stream);
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings)
            throws Http2Exception {
        connection.settings(settings);
    }

    @Override
    public void onPingRead(ChannelHandlerContext context, long data) {
        connection.ping(data);
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext context, int stream, int increment)
            throws Http2Exception {
        connection.windowUpdate(stream, increment);
    }

    @Override
    public void onPushPromiseRead(
            ChannelHandlerContext context,
            int stream,
            int promised,
            Http2Headers headers,
            int padding)
            throws Http2Exception {
        throw Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "a push to a server");
    }
}
