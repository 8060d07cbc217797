package io.apihub.billing.oidc;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/** The npm package oidc-provider in a process of its own, installed as its lock file says. */
final class OpenIdProvider implements AutoCloseable {

    private static final Path FOLDER = Path.of("src", "test", "oidc").toAbsolutePath();
    private static final int MOST_HOPS = 10;

    private final Process process;
    private final int port;

    OpenIdProvider(String callback, String secret) {
        try {
            install();
            process =
                    new ProcessBuilder("node", "provider.mjs", callback, secret)
                            .directory(FOLDER.toFile())
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            port = port(process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void install() throws IOException, InterruptedException {
        var lock = Files.readString(FOLDER.resolve("package-lock.json"));
        var installed = FOLDER.resolve("node_modules").resolve(".installed-lock");
        if (Files.exists(installed) && Files.readString(installed).equals(lock)) {
            return;
        }
        // Not this process's own streams: through them the build talks to its tests, and node makes
        // what it inherits non-blocking.
        var said = Files.createTempFile("npm", ".log");
        var npm =
                new ProcessBuilder(
                                "npm",
                                "ci",
                                "--ignore-scripts",
                                "--no-audit",
                                "--no-fund",
                                "--loglevel=error")
                        .directory(FOLDER.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
        if (!npm.waitFor(5, TimeUnit.MINUTES) || npm.exitValue() != 0) {
            npm.destroyForcibly();
            throw new IllegalStateException(
                    "npm ci in " + FOLDER + " failed: " + Files.readString(said));
        }
        Files.delete(said);
        Files.writeString(installed, lock);
    }

    private static int port(Process process) throws IOException {
        var lines =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("port ")) {
                return Integer.parseInt(line.substring("port ".length()));
            }
        }
        throw new IllegalStateException("the provider did not start");
    }

    URI issuer() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Whoever comes from now on is this one. */
    void account(String subject, Map<String, Object> claims) {
        try (var http = HttpClient.newHttpClient()) {
            http.send(
                    HttpRequest.newBuilder(issuer().resolve("/test/account/" + subject))
                            .POST(
                                    HttpRequest.BodyPublishers.ofString(
                                            JsonMapper.builder()
                                                    .build()
                                                    .writeValueAsString(claims)))
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Goes where a browser would go, until it is sent away from the provider. */
    URI visit(URI authorization) {
        var next = authorization;
        try (var http = HttpClient.newBuilder().cookieHandler(new CookieManager()).build()) {
            for (int i = 0; i < MOST_HOPS && next.getPort() == port; i++) {
                var answer =
                        http.send(
                                HttpRequest.newBuilder(next).build(),
                                HttpResponse.BodyHandlers.ofString());
                var location =
                        answer.headers()
                                .firstValue("Location")
                                .orElseThrow(() ->
                                        new AssertionError(
                                                answer.statusCode() + " " + answer.body()));
                next = next.resolve(location);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return next;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
