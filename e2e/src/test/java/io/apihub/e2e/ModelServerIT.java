package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.anthropic.errors.AnthropicServiceException;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.openai.errors.UnauthorizedException;
import com.openai.models.embeddings.EmbeddingCreateParams;
import io.apihub.dev.modelserver.ModelServer;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The model server itself is faithful enough for the vendors' SDKs. */
class ModelServerIT implements OpenAiContract, AnthropicContract, GeminiContract {

    private static ModelServer server;

    @BeforeAll
    static void start() {
        server = ModelServer.start(0, Optional.of("sk-direct"), Optional.empty());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    public Lane lane() {
        return new Lane(server.url(), "sk-direct", "demo-large", server::served);
    }

    @Test
    void theSdksReadItsErrors() {
        assertThatExceptionOfType(UnauthorizedException.class)
                .isThrownBy(() -> Sdks.openAi(lane(), "sk-wrong").models().list());
        var count =
                MessageCountTokensParams.builder()
                        .model("m")
                        .addUserMessage("[[fail=529]]")
                        .build();
        assertThatExceptionOfType(AnthropicServiceException.class)
                .isThrownBy(() -> Sdks.anthropic(lane()).messages().countTokens(count))
                .satisfies(e -> assertThat(e.statusCode()).isEqualTo(529));
    }

    @Test
    void theSdkReadsItsEmbeddings() {
        var params = EmbeddingCreateParams.builder().model("m").input("a b c").build();

        var answer = Sdks.openAi(lane()).embeddings().create(params);

        assertThat(answer.data().getFirst().embedding()).hasSize(8);
        assertThat(answer.usage().promptTokens()).isEqualTo(6);
    }

    @Test
    void theSdkCountsTokens() {
        var count = MessageCountTokensParams.builder().model("m").addUserMessage("a b").build();

        assertThat(Sdks.anthropic(lane()).messages().countTokens(count).inputTokens()).isEqualTo(5);
    }
}
