package io.apihub.dev.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.dev.tool.Toolbox;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GatewayBootstrapIT {

    @Test
    void envoyTakesIt(@TempDir Path directory) throws Exception {
        var bootstrap =
                new GatewayBootstrap(
                        "gateway-0",
                        18_000,
                        directory.resolve("authz.sock"),
                        directory.resolve("usage.sock"),
                        directory.resolve("admin.sock"));
        var file = directory.resolve("envoy.yaml");
        Files.writeString(file, bootstrap.yaml());

        var envoy =
                new ProcessBuilder(
                                Toolbox.standard().envoy().toString(),
                                "--mode",
                                "validate",
                                "-c",
                                file.toString())
                        .redirectErrorStream(true)
                        .start();
        var said = new String(envoy.getInputStream().readAllBytes(), UTF_8);

        assertThat(envoy.waitFor()).as(said).isZero();
    }
}
