package io.apihub.dev.tool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Builds Go programs from the modules in {@code dev/tools}, whose go.sum pins every source. */
final class GoBuild implements PackageClient {

    private static final Duration LIMIT = Duration.ofMinutes(30);
    private static final Map<String, String> COLD_TIME =
            Map.of("kubernetes", "5 minutes", "etcd", "20 seconds", "cliproxyapi", "1 minute");

    private final Pins pins;

    GoBuild(Pins pins) {
        this.pins = pins;
    }

    @Override
    public String describe(String product) {
        return "building %s %s with go (about %s the first time)"
                .formatted(product, pins.version(product), COLD_TIME.get(product));
    }

    @Override
    public String fingerprint(String product) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (var file : List.of("go.mod", "go.sum")) {
                try (var in = Pins.resource(product + "/" + file)) {
                    digest.update(in.readAllBytes());
                }
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 6);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public void fetch(String product, Path directory) throws IOException, InterruptedException {
        var module = Files.createTempDirectory(directory, "module");
        for (var file : List.of("go.mod", "go.sum")) {
            try (var in = Pins.resource(product + "/" + file)) {
                Files.copy(in, module.resolve(file));
            }
        }
        command(product, module, directory).run(LIMIT);
        Files.delete(module.resolve("go.mod"));
        Files.delete(module.resolve("go.sum"));
        Files.delete(module);
    }

    private Command command(String product, Path module, Path directory) {
        // A directory as target keeps each tool's own name; one tool gets the product's.
        var target = product.equals("kubernetes") ? directory : directory.resolve(product);
        return Command.of(module, "go", "build", "-trimpath", "-ldflags", linkerFlags(product))
                .and("-o", target + (product.equals("kubernetes") ? "/" : ""), "tool")
                .with("CGO_ENABLED", "0")
                .with("GOFLAGS", "-mod=readonly");
    }

    private String linkerFlags(String product) {
        if (!product.equals("kubernetes")) {
            return "-s -w";
        }
        // Without these the server says v0.0.0 and clients refuse it.
        var version = pins.version(product).split("\\.", -1);
        var at = "-X k8s.io/component-base/version.";
        return "-s -w %sgitVersion=v%s %sgitMajor=%s %sgitMinor=%s"
                .formatted(at, String.join(".", version), at, version[0], at, version[1]);
    }
}
