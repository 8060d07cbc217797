package io.apihub.e2e;

import io.apihub.dev.process.Await;
import io.apihub.dev.process.Ports;
import io.apihub.dev.process.Program;
import io.apihub.dev.process.Supervisor;
import io.apihub.dev.tool.Toolbox;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A real CLIProxyAPI in front of one OpenAI-compatible server. */
final class CliProxyApi implements AutoCloseable {

    static final String KEY = "cpa-internal-key";

    private final Supervisor supervisor;
    private final URI url;

    private CliProxyApi(Supervisor supervisor, URI url) {
        this.supervisor = supervisor;
        this.url = url;
    }

    static CliProxyApi start(Path directory, URI upstream, String upstreamKey, String model)
            throws IOException, InterruptedException {
        int port = Ports.free();
        Path config = directory.resolve("config.yaml");
        Files.writeString(
                config,
                """
                host: "127.0.0.1"
                port: %d
                auth-dir: "%s"
                api-keys: ["%s"]
                remote-management: {allow-remote: false, disable-control-panel: true}
                # Its own retries and cooling would hide what the upstream did.
                request-retry: 0
                disable-cooling: true
                openai-compatibility:
                  - name: upstream
                    base-url: "%s/v1"
                    api-key-entries: [{api-key: "%s"}]
                    models: [{name: "%s", alias: "%s"}]
                """
                        .formatted(
                                port,
                                directory.resolve("auth"),
                                KEY,
                                upstream,
                                upstreamKey,
                                model,
                                model));
        var supervisor = new Supervisor(System.err::println);
        var command =
                List.of(
                        Toolbox.standard().cliProxyApi().toString(),
                        "-config",
                        config.toString(),
                        "-local-model");
        supervisor.start(Program.of("cliproxyapi", directory.resolve("log"), command));
        var started = new CliProxyApi(supervisor, URI.create("http://127.0.0.1:" + port));
        Await.until(
                "CLIProxyAPI",
                Duration.ofSeconds(20),
                () -> Http.to(started.url).get("/healthz").status() == 200);
        return started;
    }

    URI url() {
        return url;
    }

    @Override
    public void close() {
        supervisor.close();
    }
}
