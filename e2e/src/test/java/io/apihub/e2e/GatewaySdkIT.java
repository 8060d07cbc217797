package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.models.Model;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The vendors' SDKs see no difference between the gateway and the vendor. */
@ExtendWith(ProductExtension.class)
class GatewaySdkIT {

    private static Customer customer;

    @BeforeAll
    static void customer(Product product) {
        customer = product.customer();
    }

    @Nested
    class ThroughCliProxyApi implements OpenAiContract, AnthropicContract, GeminiContract {

        @Override
        public Lane lane() {
            return customer.lane(Product.MODEL);
        }
    }

    @Nested
    class ToTheModelServer implements OpenAiContract, AnthropicContract, GeminiContract {

        @Override
        public Lane lane() {
            return customer.lane(Product.DIRECT);
        }
    }

    @Test
    void theModelsThatTheKeyMayUseAreListed() {
        var models = Sdks.openAi(customer.lane("")).models().list().data();

        assertThat(models).extracting(Model::id).contains(Product.MODEL, Product.DIRECT);
        assertThat(Sdks.anthropic(customer.lane("")).models().list().data())
                .extracting(model -> model.id())
                .contains(Product.MODEL, Product.DIRECT);
    }

    @Test
    void aStreamThatDoesNotAskForUsageIsServedAndMetered(Product product) {
        var own = product.customer();
        String tag = Lane.tag();
        var params =
                ChatCompletionCreateParams.builder()
                        .model(Product.DIRECT)
                        .addUserMessage(Lane.prompt(tag, "hi [[words=9]]"))
                        .build();

        long chunks;
        var client = Sdks.openAi(own.lane(Product.DIRECT));
        try (var stream = client.chat().completions().createStreaming(params)) {
            chunks = stream.stream().filter(c -> !c.choices().isEmpty()).count();
        }

        assertThat(chunks).isGreaterThanOrEqualTo(9);
        var row = product.billing().awaitUsage(own.name(), 1).getFirst();
        assertThat(row.path("outcome").asText()).isEqualTo("measured");
        assertThat(row.at("/tokens/output").asLong()).isEqualTo(9);
    }
}
