package io.apihub.extauthz.channel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;

/**
 * Copies the small writes between two flushes into one buffer. gRPC makes four of each answer, and
 * following each of them to the socket costs more than copying it. A write counts as done once it
 * is copied; what fails later ends the connection, and with it every call.
 */
final class GatheredWrites extends ChannelOutboundHandlerAdapter {

    private static final int SMALL = 4 << 10;
    private static final int MOST = 64 << 10;

    private @Nullable ByteBuf gathered;

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf bytes && bytes.readableBytes() <= SMALL) {
            gather(context, bytes);
            promise.trySuccess();
        } else {
            pass(context);
            var _ = context.write(message, promise);
        }
    }

    private void gather(ChannelHandlerContext context, ByteBuf bytes) {
        if (gathered != null && gathered.writableBytes() < bytes.readableBytes()) {
            pass(context);
        }
        if (gathered == null) {
            gathered = context.alloc().directBuffer(MOST);
        }
        gathered.writeBytes(bytes);
        bytes.release();
    }

    private void pass(ChannelHandlerContext context) {
        var bytes = gathered;
        gathered = null;
        if (bytes != null) {
            var _ = context.write(bytes, context.voidPromise());
        }
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        pass(context);
        context.flush();
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        flush(context);
        var _ = context.close(promise);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (gathered != null) {
            gathered.release();
            gathered = null;
        }
    }
}
