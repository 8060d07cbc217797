package io.apihub.dev.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServedLogTest {

    private static final String ASK =
            """
            {"model":"m","messages":[{"role":"user","content":"a [[tag=t1]] [[words=5]] [[cached=2]]"}]}\
            """;

    @TempDir Path directory;
    private ModelServer server;
    private Client client;

    @BeforeEach
    void start() {
        server = ModelServer.start(0, Optional.of("secret"), Optional.of(file()));
        client = Client.of(server);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Path file() {
        return directory.resolve("served.jsonl");
    }

    @Test
    void everyRequestIsKeptWithItsTrueUsage() throws IOException {
        client.post("/v1/chat/completions", ASK, "Authorization", "Bearer secret");

        Served served = Waiting.until(server::served, s -> s.size() == 1).getFirst();
        assertThat(served.pathOnly()).isEqualTo("/v1/chat/completions");
        assertThat(served.tag()).isEqualTo("t1");
        assertThat(served.status()).isEqualTo(200);
        assertThat(served.completed()).isTrue();
        assertThat(served.inputTokens()).isEqualTo(5);
        assertThat(served.cachedTokens()).isEqualTo(2);
        assertThat(served.outputTokens()).isEqualTo(5);
    }

    @Test
    void aCredentialIsOnlyKeptAsItsDigest() throws IOException {
        client.post("/v1/chat/completions?key=secret", ASK);
        client.post("/v1/chat/completions", ASK, "Authorization", "Bearer secret");

        var served = Waiting.until(server::served, s -> s.size() == 2);
        String digest = "sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";
        assertThat(served.get(0).path()).isEqualTo("/v1/chat/completions?key=" + digest);
        assertThat(served.get(1).receivedHeaders()).containsEntry("authorization", digest);
        assertThat(Files.readString(file())).doesNotContain("secret");
        assertThat(Files.readAllLines(file())).hasSize(2);
    }

    @Test
    void aWrongKeyIsRefusedInTheDialect() throws IOException {
        var openAi = client.post("/v1/chat/completions", ASK);
        var anthropic = client.post("/v1/messages", ASK, "x-api-key", "wrong");
        var gemini = client.post("/v1beta/models/g:generateContent", ASK);

        assertThat(openAi.statusCode()).isEqualTo(401);
        assertThat(openAi.body()).contains("invalid_api_key");
        assertThat(anthropic.body()).contains("authentication_error");
        assertThat(gemini.body()).contains("UNAUTHENTICATED");
    }

    @Test
    void theLogIsServedFromAPosition() throws IOException {
        client.post("/v1/chat/completions", ASK, "x-api-key", "secret");
        client.post("/v1/chat/completions", ASK, "x-goog-api-key", "secret");
        Waiting.until(server::served, s -> s.size() == 2);

        String all = client.get("/served").body();
        String second = client.get("/served?since=1").body();

        assertThat(all.lines()).hasSize(2);
        assertThat(Served.parse(second)).isEqualTo(server.served().get(1));
        assertThat(client.get("/served?since=2").body()).isEmpty();
    }
}
