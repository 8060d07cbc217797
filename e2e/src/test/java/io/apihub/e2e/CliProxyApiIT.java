package io.apihub.e2e;

import io.apihub.dev.modelserver.ModelServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** What the upstream of most installations makes of each dialect, without a gateway before it. */
class CliProxyApiIT implements OpenAiContract, AnthropicContract, GeminiContract {

    private static final String MODEL = "demo-large";

    private static ModelServer server;
    private static CliProxyApi proxy;

    @BeforeAll
    static void start(@TempDir Path directory) throws IOException, InterruptedException {
        server = ModelServer.start(0, Optional.of("sk-upstream"), Optional.empty());
        proxy = CliProxyApi.start(directory, server.url(), "sk-upstream", MODEL);
    }

    @AfterAll
    static void stop() {
        proxy.close();
        server.close();
    }

    @Override
    public Lane lane() {
        return new Lane(proxy.url(), CliProxyApi.KEY, MODEL, server::served);
    }
}
