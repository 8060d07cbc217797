package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.apihub.dev.modelserver.Served;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** OpenAI's routes that generate no text, and those that take files. */
@ExtendWith(ProductExtension.class)
@Execution(ExecutionMode.CONCURRENT)
class OtherRoutesIT {

    private static final String MODEL = "demo-media";
    private static final String TRANSCRIPTIONS = "/v1/audio/transcriptions";

    /** More than the check reads of a form. */
    private static final int FILE_BYTES = 200_000;

    /** Of each request for {@link #MODEL}, micro-units. */
    private static final long FLAT_PRICE = 10_000;

    private static Product product;

    @BeforeAll
    static void models(Product shared) {
        product = shared;
        new Refusals(shared).declareModels();
        var first = shared.customer();
        Billing.until(
                "the book to be in force",
                () -> transcribe(first, MODEL, Lane.tag()).status() == 200);
    }

    @Test
    void anEmbeddingIsMeasured() {
        var customer = product.customer();
        String tag = Lane.tag();

        var answer =
                product.http()
                        .bearer(customer.key())
                        .post(
                                "/v1/embeddings",
                                "{\"model\":\"%s\",\"input\":\"%s\"}"
                                        .formatted(MODEL, Lane.prompt(tag, "a b c")));

        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.json().at("/data/0/embedding")).hasSize(8);
        Served served = customer.lane(MODEL).served(tag);
        JsonNode row = product.billing().awaitUsage(customer.name(), 1).getFirst();
        assertThat(row.path("outcome").asText()).as("%s", row).isEqualTo("measured");
        assertThat(row.path("dialect").asText()).isEqualTo("openai_other");
        assertThat(row.at("/tokens/input").asLong()).isEqualTo(served.inputTokens());
        assertThat(row.path("costMicros").asLong()).isEqualTo(FLAT_PRICE + Prices.cost(served));
    }

    @Test
    void aFileGoesUpstreamWholeAndIsCharged() {
        var customer = product.customer();
        String tag = Lane.tag();

        var answer = transcribe(customer, MODEL, tag);

        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.json().path("text").asText()).isEqualTo(FILE_BYTES + " bytes");
        Served served = customer.lane(MODEL).served(tag);
        assertThat(served.pathOnly()).isEqualTo(TRANSCRIPTIONS);
        JsonNode row = product.billing().awaitUsage(customer.name(), 1).getFirst();
        assertThat(row.path("outcome").asText()).as("%s", row).isEqualTo("estimated");
        assertThat(row.path("dialect").asText()).isEqualTo("openai_multipart");
        assertThat(row.path("costMicros").asLong()).isEqualTo(FLAT_PRICE + Prices.cost(row));
    }

    @Test
    void aFileForAModelWithoutAFlatPriceIsRefused() {
        var customer = product.customer();

        Refusal.forbiddenModel("model_not_priced")
                .check(Call.CHAT, transcribe(customer, "demo-contract", Lane.tag()));
    }

    private static Http.Answer transcribe(Customer customer, String model, String tag) {
        String form =
                """
                --b
                Content-Disposition: form-data; name="model"

                %s
                --b
                Content-Disposition: form-data; name="prompt"

                %s
                --b
                Content-Disposition: form-data; name="file"; filename="a.wav"
                Content-Type: audio/wav

                %s
                --b--
                """
                        .formatted(model, Lane.prompt(tag, "hi"), "x".repeat(FILE_BYTES))
                        .replace("\n", "\r\n");
        return product.http()
                .bearer(customer.key())
                .post(TRANSCRIPTIONS, "multipart/form-data; boundary=b", form);
    }
}
