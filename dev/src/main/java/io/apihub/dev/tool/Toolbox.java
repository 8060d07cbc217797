package io.apihub.dev.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Finds the programs of the local stack, or fetches them at their pinned versions.
 *
 * <p>Order: the environment variable; the PATH, if the version fits; the cache; the package client,
 * whose result goes to the cache. Safe to use from several processes and threads at once. Every
 * method throws {@link ToolUnavailable} if the program can't be had.
 */
public final class Toolbox {

    private static final Duration VERSION_LIMIT = Duration.ofSeconds(10);

    private final Map<String, String> environment;
    private final Pins pins;
    private final ToolCache cache;
    private final Map<String, PackageClient> clients;

    Toolbox(
            Map<String, String> environment,
            Pins pins,
            ToolCache cache,
            Map<String, PackageClient> clients) {
        this.environment = Map.copyOf(environment);
        this.pins = pins;
        this.cache = cache;
        this.clients = Map.copyOf(clients);
    }

    /** The machine's; progress goes to standard error. */
    public static Toolbox standard() {
        return standard(line -> System.err.println("tools: " + line));
    }

    /** The machine's; {@code progress} gets a line for each thing that takes time. */
    public static Toolbox standard(Consumer<String> progress) {
        var pins = Pins.packaged();
        var go = new GoBuild(pins);
        return new Toolbox(
                System.getenv(),
                pins,
                new ToolCache(cacheDirectory(System.getenv()).resolve("tools"), progress),
                Map.of(
                        "envoy",
                        new EnvoyWheel(pins),
                        "kubernetes",
                        go,
                        "etcd",
                        go,
                        "cliproxyapi",
                        go,
                        "schemathesis",
                        new PythonProgram(pins),
                        "postgres",
                        new PostgresArchive()));
    }

    /** Where everything fetched is kept: {@code APIHUB_CACHE}, else {@code ~/.cache/apihub}. */
    public static Path cacheDirectory(Map<String, String> environment) {
        var own = environment.get("APIHUB_CACHE");
        if (own != null) {
            return Path.of(own).toAbsolutePath();
        }
        var home = environment.getOrDefault("HOME", System.getProperty("user.home"));
        return Path.of(environment.getOrDefault("XDG_CACHE_HOME", home + "/.cache"), "apihub");
    }

    /** Finds or fetches all that the stack needs, so that later calls take no time. */
    public void prepare() {
        for (var tool : Tool.values()) {
            if (tool != Tool.SCHEMATHESIS) {
                find(tool);
            }
        }
    }

    public Path envoy() {
        return find(Tool.ENVOY);
    }

    public Path kubeApiserver() {
        return find(Tool.KUBE_APISERVER);
    }

    public Path kubeControllerManager() {
        return find(Tool.KUBE_CONTROLLER_MANAGER);
    }

    public Path kubectl() {
        return find(Tool.KUBECTL);
    }

    public Path etcd() {
        return find(Tool.ETCD);
    }

    public Path cliProxyApi() {
        return find(Tool.CLIPROXYAPI);
    }

    /** What calls an API in every way that its description allows, and in others. */
    public Path schemathesis() {
        return find(Tool.SCHEMATHESIS);
    }

    /** The directory of Postgres, with {@code bin}, {@code lib} and {@code share}. */
    public Path postgresHome() {
        try {
            return cache.directoryOf("postgres", pins.version("postgres"), client("postgres"));
        } catch (IOException e) {
            throw new ToolUnavailable("postgres can't be unpacked: " + e.getMessage());
        } catch (InterruptedException e) {
            throw interrupted("postgres");
        }
    }

    private Path find(Tool tool) {
        var named = environment.get(tool.variable());
        if (named != null) {
            return named(tool, Path.of(named));
        }
        var tried = new ArrayList<String>();
        return onPath(tool, tried).orElseGet(() -> fetched(tool, tried));
    }

    private static Path named(Tool tool, Path program) {
        if (!Files.isExecutable(program) || Files.isDirectory(program)) {
            throw new ToolUnavailable(
                    "%s=%s is no program that can be run".formatted(tool.variable(), program));
        }
        return program.toAbsolutePath();
    }

    private Optional<Path> onPath(Tool tool, List<String> tried) {
        var fits = pins.fits(tool.product());
        for (var directory : environment.getOrDefault("PATH", "").split(":", -1)) {
            var program = Path.of(directory, tool.program());
            if (directory.isEmpty() || !Files.isExecutable(program)) {
                continue;
            }
            if (versionText(tool, program).matches("(?s).*(?<![0-9.])" + quoted(fits) + ".*")) {
                return Optional.of(program.toAbsolutePath());
            }
            tried.add("%s (not version %sx)".formatted(program, fits));
        }
        if (tried.isEmpty()) {
            tried.add("no %s on the PATH".formatted(tool.program()));
        }
        return Optional.empty();
    }

    private static String quoted(String version) {
        return version.replace(".", "\\.");
    }

    private static String versionText(Tool tool, Path program) {
        try {
            return Command.of(Path.of("/"), program.toAbsolutePath().toString())
                    .and(tool.versionArguments().toArray(String[]::new))
                    .run(VERSION_LIMIT);
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            throw interrupted(tool.program());
        }
    }

    private Path fetched(Tool tool, List<String> tried) {
        var product = tool.product();
        try {
            var home = cache.directoryOf(product, pins.version(product), client(product));
            return named(tool, home.resolve(tool.program()));
        } catch (IOException e) {
            tried.add(e.getMessage());
            throw new ToolUnavailable(
                    "%s %s can't be had. Set %s to one. Tried: %s"
                            .formatted(
                                    tool.program(),
                                    pins.version(product),
                                    tool.variable(),
                                    String.join("; ", tried)));
        } catch (InterruptedException e) {
            throw interrupted(tool.program());
        }
    }

    private PackageClient client(String product) {
        var client = clients.get(product);
        if (client == null) {
            throw new IllegalStateException("no package client for " + product);
        }
        return client;
    }

    private static ToolUnavailable interrupted(String program) {
        Thread.currentThread().interrupt();
        return new ToolUnavailable("interrupted while getting " + program);
    }
}
