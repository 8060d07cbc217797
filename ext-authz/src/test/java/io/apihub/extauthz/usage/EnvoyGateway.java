package io.apihub.extauthz.usage;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.apihub.dev.process.Ports;
import io.apihub.dev.tool.Toolbox;
import io.apihub.extauthz.channel.UnixSocketServer;
import io.apihub.extauthz.credit.Amounts;
import io.apihub.extauthz.credit.Claim;
import io.apihub.extauthz.credit.HoldDraft;
import io.apihub.extauthz.credit.HoldOutcome;
import io.apihub.extauthz.credit.LeaseSettings;
import io.apihub.extauthz.journal.JournalLimits;
import io.apihub.extauthz.journal.JournalSettings;
import io.apihub.extauthz.journal.JournalSync;
import io.apihub.extauthz.refusal.RefusalSums;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.UsageRecord;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc.AuthorizationImplBase;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A real Envoy between a raw client and a scripted upstream, with a real {@link Metering}. */
final class EnvoyGateway implements AutoCloseable {

    /** Read until the answer ends. */
    static final String TO_THE_END = "\u0000";

    /** The gateway's own. */
    private static final Path SCRIPT =
            Path.of("../operator/src/main/resources/io/apihub/operator/xds/splice.lua");

    private final Path directory;
    private final Path authzSocket;
    private final Path usageSocket;
    private final int port;
    private final int admin;
    private final ScriptedUpstream upstream;
    private final FakeBilling billing = new FakeBilling(0);
    private @Nullable Metering metering;
    private @Nullable UnixSocketServer authz;
    private @Nullable Process envoy;

    EnvoyGateway(Path directory) {
        this.directory = directory;
        var name = "/tmp/apihub-it-" + ProcessHandle.current().pid();
        authzSocket = Path.of(name + "-authz.sock");
        usageSocket = Path.of(name + "-usage.sock");
        var ports = Ports.free(2);
        port = ports.get(0);
        admin = ports.get(1);
        try {
            upstream = new ScriptedUpstream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void start() {
        try {
            startMetering();
            authz = new UnixSocketServer(authzSocket, 1, 64 << 20, new Checks());
            var config = directory.resolve("envoy.yaml");
            Files.writeString(config, config());
            envoy =
                    new ProcessBuilder(
                                    Toolbox.standard().envoy().toString(),
                                    "-c",
                                    config.toString(),
                                    "--use-dynamic-base-id",
                                    "--concurrency",
                                    "1")
                            .redirectErrorStream(true)
                            .redirectOutput(directory.resolve("envoy.log").toFile())
                            .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Waiting.until("Envoy", () -> sinkIs("healthy"));
    }

    private String config() throws IOException {
        try (var template = EnvoyGateway.class.getResourceAsStream("/envoy-metering.yaml")) {
            if (template == null) {
                throw new IOException("no template");
            }
            return new String(template.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("@LISTEN@", String.valueOf(port))
                    .replace("@ADMIN@", String.valueOf(admin))
                    .replace("@UPSTREAM@", String.valueOf(upstream.port()))
                    .replace("@LUA@", SCRIPT.toAbsolutePath().toString())
                    .replace("@AUTHZ@", authzSocket.toString())
                    .replace("@USAGE@", usageSocket.toString());
        }
    }

    private boolean sinkIs(String health) {
        try (var answer =
                URI.create("http://127.0.0.1:" + admin + "/clusters").toURL().openStream()) {
            var text = new String(answer.readAllBytes(), StandardCharsets.UTF_8);
            return text.lines()
                    .anyMatch(line ->
                            line.startsWith("apihub_usage::")
                                    && line.contains("health_flags::" + health));
        } catch (IOException e) {
            return false;
        }
    }

    void startMetering() {
        var settings =
                new MeteringSettings(
                        "test-gateway",
                        usageSocket,
                        billing.target(),
                        new JournalSettings(
                                directory.resolve("journal"),
                                new JournalLimits(
                                        256 << 10, 8, 16 << 10, Duration.ZERO, JournalSync.BEHIND)),
                        LeaseSettings.of(Duration.ofMillis(800)),
                        Duration.ofSeconds(60));
        try {
            var started =
                    Metering.start(
                            settings,
                            (version, model) -> Optional.empty(),
                            new RefusalSums(InstantSource.system()),
                            new SimpleMeterRegistry());
            metering = started;
            Waiting.until("billing", () -> started.notReady().isEmpty());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends metering in the midst of things, and waits until Envoy knows. */
    void killMetering() {
        stopMetering();
        Waiting.until("dead sink", () -> sinkIs("/failed_active_hc"));
    }

    private void stopMetering() {
        var running = metering;
        if (running != null) {
            try {
                running.shutdown(Duration.ZERO);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    ScriptedUpstream upstream() {
        return upstream;
    }

    FakeBilling billing() {
        return billing;
    }

    int records() {
        return billing.records().size();
    }

    UsageRecord last() {
        return billing.records().getLast();
    }

    /** One request, read until a text appears (then hung up), and its one record. */
    UsageRecord exchange(String path, ScriptedUpstream.Script script, String until) {
        int before = records();
        upstream.script(script);
        try (var socket = send(path)) {
            read(socket, until);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Waiting.until("the record", () -> records() > before);
        if (records() != before + 1) {
            throw new AssertionError("records: " + records() + " after " + before);
        }
        return last();
    }

    Socket send(String path) {
        try {
            var socket = new Socket(InetAddress.getLoopbackAddress(), port);
            var body = "{\"model\":\"small\"}";
            var request =
                    "POST %s HTTP/1.1\r\nhost: test\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%s"
                            .formatted(path, body.length(), body);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads until a text appears. */
    static void read(Socket socket, String until) {
        try {
            socket.setSoTimeout(15_000);
            var seen = new StringBuilder();
            var in = socket.getInputStream();
            for (int c = in.read(); c >= 0; c = in.read()) {
                seen.append((char) c);
                if (seen.indexOf(until, Math.max(0, seen.length() - until.length())) >= 0) {
                    break;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            if (envoy != null) {
                envoy.destroy();
                envoy.waitFor();
            }
            stopMetering();
            if (authz != null) {
                authz.close();
            }
            upstream.close();
            billing.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets everything through, with a hold. */
    private final class Checks extends AuthorizationImplBase {

        @Override
        public void check(CheckRequest request, StreamObserver<CheckResponse> responses) {
            var dialect =
                    request.getAttributes()
                            .getRouteMetadataContext()
                            .getFilterMetadataOrDefault("apihub", Struct.getDefaultInstance())
                            .getFieldsOrDefault("dialect", Value.getDefaultInstance())
                            .getStringValue();
            var running = metering;
            if (running == null) {
                throw new IllegalStateException("no metering");
            }
            running.holds()
                    .take(
                            HoldDraft.of(terms(dialect, request)),
                            new Claim(Amounts.NOTHING, 0),
                            outcome -> {
                                responses.onNext(answer(outcome));
                                responses.onCompleted();
                            });
        }

        private static Hold.Builder terms(String dialect, CheckRequest request) {
            return Hold.newBuilder()
                    .setHoldId(Logged.id())
                    .setTenantId(ByteString.copyFrom(new byte[16]))
                    .setDialect(dialect)
                    .setModel("small")
                    .setCostMicros(1000)
                    .setInputTokens(50)
                    .setOutputTokens(100)
                    .setRequestBytes(request.getAttributes().getRequest().getHttp().getSize());
        }

        private static CheckResponse answer(HoldOutcome outcome) {
            return switch (outcome) {
                case HoldOutcome.Held(var hold) -> allow(hold.message());
                case HoldOutcome.Refused _, HoldOutcome.Superseded _, HoldOutcome.Unavailable _ ->
                        CheckResponse.newBuilder()
                                .setStatus(com.google.rpc.Status.newBuilder().setCode(7))
                                .build();
            };
        }

        private static Value text(String value) {
            return Value.newBuilder().setStringValue(value).build();
        }

        private static CheckResponse allow(Hold hold) {
            var text = Base64.getEncoder().encodeToString(hold.toByteArray());
            var metadata =
                    Struct.newBuilder()
                            .putFields("hold", text(text))
                            .putFields("dialect", text(hold.getDialect()));
            return CheckResponse.newBuilder()
                    .setOkResponse(OkHttpResponse.getDefaultInstance())
                    .setDynamicMetadata(metadata)
                    .build();
        }
    }
}
