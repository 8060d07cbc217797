package io.apihub.dev.modelserver;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Runs a {@link ModelServer} until it is stopped. */
public final class ModelServerMain {

    private static final String USAGE =
            "usage: ModelServerMain [--port N] [--log FILE] [--api-key KEY]";
    private static final Set<String> FLAGS = Set.of("--port", "--log", "--api-key");

    private ModelServerMain() {}

    /** Exits with 2 and one line when a flag is wrong or the port is taken. */
    public static void main(String[] args) {
        try {
            Map<String, String> flags = parse(args);
            var server =
                    ModelServer.start(
                            port(flags.getOrDefault("--port", "0")),
                            Optional.ofNullable(flags.get("--api-key")),
                            Optional.ofNullable(flags.get("--log")).map(Path::of));
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            System.out.println("model server listens on " + server.url());
        } catch (IllegalArgumentException | UncheckedIOException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    static Map<String, String> parse(String[] args) {
        var flags = new HashMap<String, String>();
        for (int i = 0; i < args.length; i += 2) {
            if (!FLAGS.contains(args[i])) {
                throw new IllegalArgumentException("unknown flag " + args[i] + "; " + USAGE);
            }
            if (i + 1 == args.length) {
                throw new IllegalArgumentException(args[i] + " needs a value; " + USAGE);
            }
            flags.put(args[i], args[i + 1]);
        }
        return Map.copyOf(flags);
    }

    private static int port(String text) {
        if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > 65_535) {
            throw new IllegalArgumentException("--port needs 0 to 65535, not '" + text + "'");
        }
        return Integer.parseInt(text);
    }
}
