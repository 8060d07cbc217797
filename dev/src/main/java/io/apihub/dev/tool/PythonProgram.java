package io.apihub.dev.tool;

import io.apihub.dev.file.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

/** Gets a Python program by pip, with all that it needs; {@code dev/tools} has the checksums. */
final class PythonProgram implements PackageClient {

    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final Pins pins;

    PythonProgram(Pins pins) {
        this.pins = pins;
    }

    @Override
    public String describe(String product) {
        return "fetching %s %s with pip (about 20 seconds)"
                .formatted(product, pins.version(product));
    }

    @Override
    public String fingerprint(String product) {
        try (var in = Pins.resource(product + "/requirements.txt")) {
            var digest = MessageDigest.getInstance("SHA-256").digest(in.readAllBytes());
            return HexFormat.of().formatHex(digest, 0, 6);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public void fetch(String product, Path directory) throws IOException, InterruptedException {
        var requirements = directory.resolve("requirements.txt");
        try (var in = Pins.resource(product + "/requirements.txt")) {
            Files.copy(in, requirements, StandardCopyOption.REPLACE_EXISTING);
        }
        Command.of(directory, "python3", "-m", "venv", "venv").run(LIMIT);
        Command.of(directory, "venv/bin/python", "-m", "pip", "install", "--quiet")
                .and("--disable-pip-version-check", "--no-deps", "--only-binary=:all:")
                .and("--require-hashes", "-r", requirements.toString())
                .and("--target", directory.resolve("lib").toString())
                .run(LIMIT);
        var launcher = directory.resolve(product);
        Files.writeString(launcher, launcher(product));
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.delete(requirements);
        Trees.delete(directory.resolve("venv"));
    }

    /** Finds its packages beside itself, wherever that is. */
    private static String launcher(String product) {
        return """
        #!/bin/sh
        PYTHONPATH="$(dirname "$(readlink -f "$0")")/lib" \\
            exec python3 -c 'from %s.cli import %s; %s()' "$@"
        """
                .formatted(product, product, product);
    }
}
