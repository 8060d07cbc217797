package io.apihub.dev.stack;

import io.apihub.dev.process.Program;
import io.apihub.dev.stack.StackPorts.Use;
import io.apihub.dev.tool.Toolbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A CLIProxyAPI and the model server behind it. */
final class DemoUpstreams {

    private final Checkout checkout;
    private final DataDirectory data;
    private final StackPorts ports;
    private final Secrets secrets;

    DemoUpstreams(Checkout checkout, DataDirectory data, StackPorts ports, Secrets secrets) {
        this.checkout = checkout;
        this.data = data;
        this.ports = ports;
        this.secrets = secrets;
    }

    Program modelServer() throws IOException {
        var command =
                List.of(
                        Jvm.java(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        checkout.jar("dev").toString(),
                        "io.apihub.dev.modelserver.ModelServerMain",
                        "--port",
                        Integer.toString(ports.of(Use.MODEL_SERVER)),
                        "--log",
                        servedLog().toString(),
                        "--api-key",
                        secrets.modelServerKey());
        return Program.of("model-server", data.log("model-server"), command);
    }

    /** What the model server served, as JSON lines. */
    Path servedLog() {
        return data.path("served.jsonl");
    }

    Program cliProxyApi(Toolbox tools) throws IOException {
        var config = data.path("cliproxyapi").resolve("config.yaml");
        data.writePrivately(config, cliProxyApiConfig());
        var command =
                List.of(
                        tools.cliProxyApi().toString(),
                        "-config",
                        config.toString(),
                        "-local-model"); // it would fetch a catalogue of models otherwise
        return Program.of("cliproxyapi", data.log("cliproxyapi"), command)
                .with("WRITABLE_PATH", data.path("cliproxyapi").toString());
    }

    /** The values of demo-upstreams.yaml. */
    Map<String, String> values() throws IOException {
        return Map.of(
                "cliproxyKey", secrets.cliProxyKey(),
                "cliproxyPort", Integer.toString(ports.of(Use.CLIPROXYAPI)),
                "modelServerKey", secrets.modelServerKey(),
                "modelServerPort", Integer.toString(ports.of(Use.MODEL_SERVER)));
    }

    /** Its own retries and cooling would hide what the upstream answered. */
    private String cliProxyApiConfig() throws IOException {
        var authentication = data.path("cliproxyapi").resolve("auth");
        Files.createDirectories(authentication);
        return """
        host: "127.0.0.1"
        port: %d
        auth-dir: "%s"
        api-keys: ["%s"]
        remote-management: {allow-remote: false, disable-control-panel: true}
        request-retry: 0
        disable-cooling: true
        openai-compatibility:
        - name: model-server
          base-url: "http://%s/v1"
          api-key-entries: [{api-key: "%s"}]
          models: [{name: "demo-gpt", alias: "demo-gpt"}]
        """
                .formatted(
                        ports.of(Use.CLIPROXYAPI),
                        authentication,
                        secrets.cliProxyKey(),
                        ports.address(Use.MODEL_SERVER),
                        secrets.modelServerKey());
    }
}
