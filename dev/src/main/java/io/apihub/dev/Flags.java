package io.apihub.dev;

import io.apihub.dev.stack.StackOptions;
import io.apihub.dev.stack.StackOptions.OwnUpstream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;

/**
 * The command line of {@code start.sh}.
 *
 * @param gateways how many Envoys, each with an ext-authz
 * @param smoke run the main job once and stop
 * @param help only say what the flags are
 */
record Flags(
        Path data,
        int port,
        Optional<OwnUpstream> upstream,
        int gateways,
        boolean smoke,
        boolean help) {

    private static final int DEFAULT_PORT = 10_000;
    private static final List<String> VALUED =
            List.of("--data", "--port", "--upstream", "--upstream-key", "--gateways");
    private static final List<String> SWITCHES = List.of("--smoke", "--help");

    /**
     * Reads the arguments.
     *
     * @throws IllegalArgumentException with one line that names the wrong flag
     */
    static Flags parse(String... arguments) {
        var given = new TreeMap<String, String>();
        var rest = new ArrayDeque<>(List.of(arguments));
        while (!rest.isEmpty()) {
            var flag = rest.remove();
            if (given.put(flag, value(flag, rest)) != null) {
                throw new IllegalArgumentException(flag + " is given twice");
            }
        }
        if (given.containsKey("--smoke")) {
            aloneWithSmoke(given);
        }
        return new Flags(
                Path.of(given.getOrDefault("--data", ".apihub")),
                port(given),
                upstream(given),
                gateways(given),
                given.containsKey("--smoke"),
                given.containsKey("--help"));
    }

    /** What it would not heed must not look heeded. */
    private static void aloneWithSmoke(Map<String, String> given) {
        VALUED.stream()
                .filter(given::containsKey)
                .findFirst()
                .ifPresent(flag -> {
                    throw new IllegalArgumentException(
                            "--smoke takes no "
                                    + flag
                                    + ": it runs the demo in a fresh directory, on free ports");
                });
    }

    private static String value(String flag, Queue<String> rest) {
        if (SWITCHES.contains(flag)) {
            return "";
        }
        if (!VALUED.contains(flag)) {
            throw new IllegalArgumentException("unknown flag " + flag + "; try --help");
        }
        var value = rest.poll();
        if (value == null || value.isEmpty() || value.startsWith("--")) {
            throw new IllegalArgumentException(flag + " needs a value; try --help");
        }
        return value;
    }

    private static int port(Map<String, String> given) {
        var text = given.get("--port");
        if (text == null) {
            return DEFAULT_PORT;
        }
        int port = text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("--port needs 1 to 65535, not '" + text + "'");
        }
        return port;
    }

    private static int gateways(Map<String, String> given) {
        var text = given.getOrDefault("--gateways", "1");
        int gateways = text.matches("\\d") ? Integer.parseInt(text) : 0;
        if (gateways < 1) {
            throw new IllegalArgumentException(
                    "--gateways needs 1 to %d, not '%s'"
                            .formatted(StackOptions.MOST_GATEWAYS, text));
        }
        return gateways;
    }

    private static Optional<OwnUpstream> upstream(Map<String, String> given) {
        var url = given.get("--upstream");
        var key = given.get("--upstream-key");
        if (url == null && key == null) {
            return Optional.empty();
        }
        if (url == null || key == null) {
            throw new IllegalArgumentException(
                    url == null
                            ? "--upstream-key needs --upstream URL"
                            : "--upstream needs --upstream-key K");
        }
        // The same form that the Upstream resource demands.
        if (!url.matches("https?://[A-Za-z0-9.\\[\\]:-]+")) {
            throw new IllegalArgumentException(
                    "--upstream needs scheme and host and port only, such as http://localhost:8317,"
                            + " not '%s'".formatted(url));
        }
        return Optional.of(new OwnUpstream(URI.create(url), key));
    }
}
