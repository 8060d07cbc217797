package io.apihub.dev.stack;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How to start a stack.
 *
 * @param data where everything is kept; made if it is not there
 * @param port of the gateway on localhost; 0 takes a free one
 * @param upstream a model server of the user's instead of the demo
 * @param gateways how many Envoys, each with an ext-authz of its own; they share the port
 * @param times how long requests may take
 * @param rehearsal whether the services write their classes down when they end, see {@link
 *     Rehearsal}
 * @param announce gets a line for each thing worth knowing: what is waited for, what crashed
 */
public record StackOptions(
        Path data,
        int port,
        Optional<OwnUpstream> upstream,
        int gateways,
        Times times,
        boolean rehearsal,
        Consumer<String> announce) {

    /** More would not start on one machine in a reasonable time. */
    public static final int MOST_GATEWAYS = 9;

    /** A model server of the user's; {@code key} is sent as bearer token. */
    public record OwnUpstream(URI url, String key) {
        @Override
        public String toString() {
            return url.toString(); // never the key
        }
    }

    /**
     * How long a gateway waits, for credit and for the end of a request.
     *
     * @param grant for credit, before it refuses a request
     * @param longestStream after which Envoy ends it
     * @param settleMargin how much later, at most, its log entry is expected
     */
    public record Times(Duration grant, Duration longestStream, Duration settleMargin) {

        /**
         * What an installation has by default, but for credit: where every part shares a few cores
         * with the others, each may stand still for seconds.
         */
        public static Times standard() {
            return new Times(Duration.ofSeconds(5), Duration.ofHours(1), Duration.ofSeconds(60));
        }
    }

    public StackOptions {
        data = data.toAbsolutePath().normalize();
        if (gateways < 1 || gateways > MOST_GATEWAYS) {
            throw new IllegalArgumentException("1 to " + MOST_GATEWAYS + " gateways: " + gateways);
        }
    }

    /** The demo on a free port. */
    public static StackOptions demo(Path data, Consumer<String> announce) {
        return new StackOptions(data, 0, Optional.empty(), 1, Times.standard(), false, announce);
    }

    /** The same as a rehearsal. */
    StackOptions asRehearsal() {
        return new StackOptions(data, port, upstream, gateways, times, true, announce);
    }

    /** The same with so many gateways. */
    public StackOptions gateways(int count) {
        return new StackOptions(data, port, upstream, count, times, rehearsal, announce);
    }

    /** The same with other times, so that a test need not wait an hour for an estimate. */
    public StackOptions times(Duration longestStream, Duration settleMargin) {
        var other = new Times(times.grant(), longestStream, settleMargin);
        return new StackOptions(data, port, upstream, gateways, other, rehearsal, announce);
    }
}
