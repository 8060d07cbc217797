package io.apihub.dev.postgres;

import io.apihub.dev.process.Await;
import io.apihub.dev.process.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A Postgres data directory and how to run a server on it.
 *
 * @param directory holds {@code data}, {@code admin-password} and {@code postgres.log}
 * @param home the unpacked Postgres
 * @param durable false: commits do not wait for the disk
 */
record Cluster(Path directory, Path home, boolean durable) {

    private static final Duration OLD_SERVER_LIMIT = Duration.ofSeconds(20);

    Cluster {
        directory = directory.toAbsolutePath();
    }

    /** Makes the data directory, if there is none. Returns the administrator's password. */
    String prepare(String admin) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        var passwordFile = directory.resolve("admin-password");
        if (!Files.exists(data().resolve("PG_VERSION"))) {
            createPassword(passwordFile);
            initialise(admin, passwordFile);
        }
        awaitOldServer();
        return Files.readString(passwordFile).strip();
    }

    Program program(int port) {
        var command = new ArrayList<>(UnprivilegedUser.prefix());
        command.addAll(List.of(bin("postgres"), "-D", data().toString()));
        option(command, "listen_addresses=127.0.0.1");
        option(command, "port=" + port);
        option(command, "unix_socket_directories=");
        option(command, "max_connections=100");
        option(command, "shared_buffers=64MB");
        option(command, "timezone=UTC");
        if (!durable) {
            option(command, "fsync=off");
            option(command, "synchronous_commit=off");
            option(command, "full_page_writes=off");
        }
        // INT is Postgres's fast shutdown: it does not wait for clients to leave.
        return Program.of("postgres", log(), command).stoppedBy("INT");
    }

    private Path data() {
        return directory.resolve("data");
    }

    private Path log() {
        return directory.resolve("postgres.log");
    }

    private String bin(String program) {
        return home.resolve("bin").resolve(program).toString();
    }

    private static void option(List<String> command, String option) {
        command.add("-c");
        command.add(option);
    }

    private static void createPassword(Path file) throws IOException {
        var random = new byte[16];
        new SecureRandom().nextBytes(random);
        Files.deleteIfExists(file);
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, HexFormat.of().formatHex(random));
    }

    private void initialise(String admin, Path passwordFile)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(UnprivilegedUser.prefix());
        command.addAll(List.of(bin("initdb"), "-D", data().toString(), "-U", admin));
        command.addAll(List.of("--pwfile", passwordFile.toString(), "-A", "scram-sha-256"));
        command.addAll(List.of("-E", "UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"));
        if (!durable) {
            command.add("--no-sync");
        }
        UnprivilegedUser.own(directory);
        UnprivilegedUser.own(passwordFile);
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                        .start();
        if (process.waitFor() != 0) {
            throw new IOException("initdb failed, see " + log());
        }
    }

    /**
     * A server whose supervisor was killed needs a moment to end. A lock file that it left behind
     * names a process number that may belong to another program by now, so we judge, not Postgres.
     */
    private void awaitOldServer() throws IOException, InterruptedException {
        var lock = data().resolve("postmaster.pid");
        if (!Files.exists(lock)) {
            return;
        }
        var lines = Files.readAllLines(lock, StandardCharsets.UTF_8);
        var pid = lines.isEmpty() ? "" : lines.getFirst().strip();
        Await.until(
                "the Postgres server of an earlier run (process " + pid + ") to end",
                OLD_SERVER_LIMIT,
                () -> !runsPostgres(pid));
        Files.deleteIfExists(lock);
    }

    private static boolean runsPostgres(String pid) {
        return ProcessHandle.of(Long.parseLong(pid))
                .flatMap(process -> process.info().command())
                .filter(program -> program.endsWith("/postgres"))
                .isPresent();
    }
}
