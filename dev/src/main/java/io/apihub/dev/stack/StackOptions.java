package io.apihub.dev.stack;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How to start a stack.
 *
 * @param data where everything is kept; made if it is not there
 * @param port of the gateway on localhost; 0 takes a free one
 * @param upstream a model server of the user's instead of the demo
 * @param announce gets a line for each thing worth knowing: what is waited for, what crashed
 */
public record StackOptions(
        Path data, int port, Optional<OwnUpstream> upstream, Consumer<String> announce) {

    /** A model server of the user's; {@code key} is sent as bearer token. */
    public record OwnUpstream(URI url, String key) {
        @Override
        public String toString() {
            return url.toString(); // never the key
        }
    }

    public StackOptions {
        data = data.toAbsolutePath().normalize();
    }

    /** The demo on a free port. */
    public static StackOptions demo(Path data, Consumer<String> announce) {
        return new StackOptions(data, 0, Optional.empty(), announce);
    }
}
