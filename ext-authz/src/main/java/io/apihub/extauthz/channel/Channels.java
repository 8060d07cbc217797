package io.apihub.extauthz.channel;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.TimeUnit;

/** Makes the channels to operator and billing. */
public final class Channels {

    private static final int MAX_MESSAGE = 64 << 20;

    private Channels() {}

    /**
     * A channel to a peer; it connects when it is used and again whenever it was cut. Close it with
     * {@code shutdownNow}.
     *
     * @param target {@code host:port}
     */
    public static ManagedChannel to(String target) {
        return NettyChannelBuilder.forTarget(target)
                .usePlaintext()
                .maxInboundMessageSize(MAX_MESSAGE)
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(5, TimeUnit.SECONDS)
                .build();
    }
}
