package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.core.JsonValue;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.CompletionUsage;
import com.openai.models.responses.FunctionTool;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseUsage;
import io.apihub.dev.modelserver.Served;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What OpenAI's SDK must see on any lane. */
interface OpenAiContract {

    Map<String, Object> SCHEMA =
            Map.of("type", "object", "properties", Map.of("city", Map.of("type", "string")));

    Lane lane();

    private ChatCompletionCreateParams.Builder chat(String tag, String text) {
        return ChatCompletionCreateParams.builder()
                .model(lane().model())
                .addSystemMessage("Be brief.")
                .addUserMessage(Lane.prompt(tag, text));
    }

    private ResponseCreateParams.Builder response(String tag, String text) {
        return ResponseCreateParams.builder()
                .model(lane().model())
                .instructions("Be brief.")
                .input(Lane.prompt(tag, text));
    }

    @Test
    default void chatIsAnsweredWithTheUsageServed() {
        String tag = Lane.tag();

        ChatCompletion answer =
                Sdks.openAi(lane())
                        .chat()
                        .completions()
                        .create(chat(tag, "hi [[words=7]] [[cached=4]] [[reasoning=2]]").build());

        assertThat(answer.choices().getFirst().message().content().orElse("").split(" "))
                .hasSize(7);
        assertThat(answer.choices().getFirst().finishReason().asString()).isEqualTo("stop");
        Served served = lane().served(tag);
        same(answer.usage().orElseThrow(), served);
        assertThat(served.cachedTokens()).isEqualTo(4);
        assertThat(served.outputTokens()).isEqualTo(9);
    }

    @Test
    default void chatStreamsWithTheUsageServed() {
        String tag = Lane.tag();
        var options = ChatCompletionStreamOptions.builder().includeUsage(true).build();
        var params = chat(tag, "hi [[words=20]]").streamOptions(options).build();
        var accumulator = ChatCompletionAccumulator.create();

        try (var stream = Sdks.openAi(lane()).chat().completions().createStreaming(params)) {
            stream.stream().forEach(accumulator::accumulate);
        }

        ChatCompletion answer = accumulator.chatCompletion();
        assertThat(answer.choices().getFirst().message().content().orElse("").split(" "))
                .hasSize(20);
        Served served = lane().served(tag);
        assertThat(served.stream()).isTrue();
        same(answer.usage().orElseThrow(), served);
    }

    @Test
    default void chatCallsATool() {
        String tag = Lane.tag();
        var parameters = FunctionParameters.builder();
        SCHEMA.forEach((k, v) -> parameters.putAdditionalProperty(k, JsonValue.from(v)));
        var weather =
                FunctionDefinition.builder().name("weather").parameters(parameters.build()).build();

        ChatCompletion answer =
                Sdks.openAi(lane())
                        .chat()
                        .completions()
                        .create(chat(tag, "weather? [[tool]]").addFunctionTool(weather).build());

        var call = answer.choices().getFirst().message().toolCalls().orElseThrow().getFirst();
        assertThat(call.asFunction().function().name()).isEqualTo("weather");
        assertThat(call.asFunction().function().arguments()).contains("some city");
        assertThat(answer.choices().getFirst().finishReason().asString()).isEqualTo("tool_calls");
        same(answer.usage().orElseThrow(), lane().served(tag));
    }

    private static void same(CompletionUsage told, Served served) {
        assertThat(told.promptTokens()).isEqualTo(served.totalInputTokens());
        assertThat(told.completionTokens()).isEqualTo(served.outputTokens());
        assertThat(told.promptTokensDetails().flatMap(d -> d.cachedTokens()).orElse(0L))
                .isEqualTo(served.cachedTokens());
        assertThat(told.completionTokensDetails().flatMap(d -> d.reasoningTokens()).orElse(0L))
                .isEqualTo(served.reasoningTokens());
    }

    @Test
    default void responsesAreAnsweredWithTheUsageServed() {
        String tag = Lane.tag();

        Response answer =
                Sdks.openAi(lane())
                        .responses()
                        .create(response(tag, "hi [[words=7]] [[cached=3]]").build());

        assertThat(text(answer).split(" ")).hasSize(7);
        same(answer.usage().orElseThrow(), lane().served(tag));
    }

    @Test
    default void responsesStreamWithTheUsageServed() {
        String tag = Lane.tag();
        var accumulator = ResponseAccumulator.create();
        var params = response(tag, "hi [[words=20]]").build();

        try (var stream = Sdks.openAi(lane()).responses().createStreaming(params)) {
            stream.stream().forEach(accumulator::accumulate);
        }

        assertThat(text(accumulator.response()).split(" ")).hasSize(20);
        same(accumulator.response().usage().orElseThrow(), lane().served(tag));
    }

    @Test
    default void responsesCallATool() {
        String tag = Lane.tag();
        var parameters = FunctionTool.Parameters.builder();
        SCHEMA.forEach((k, v) -> parameters.putAdditionalProperty(k, JsonValue.from(v)));
        var weather =
                FunctionTool.builder()
                        .name("weather")
                        .parameters(parameters.build())
                        .strict(false)
                        .build();

        Response answer =
                Sdks.openAi(lane())
                        .responses()
                        .create(response(tag, "weather? [[tool]]").addTool(weather).build());

        var call =
                answer.output().stream()
                        .flatMap(item -> item.functionCall().stream())
                        .findFirst()
                        .orElseThrow();
        assertThat(call.name()).isEqualTo("weather");
        assertThat(call.arguments()).contains("some city");
    }

    private static String text(Response response) {
        return response.output().stream()
                .flatMap(item -> item.message().stream())
                .flatMap(message -> message.content().stream())
                .map(content -> content.asOutputText().text())
                .reduce("", String::concat);
    }

    private static void same(ResponseUsage told, Served served) {
        assertThat(told.inputTokens()).isEqualTo(served.totalInputTokens());
        assertThat(told.inputTokensDetails().cachedTokens()).isEqualTo(served.cachedTokens());
        assertThat(told.outputTokens()).isEqualTo(served.outputTokens());
    }
}
