package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.anthropic.core.JsonValue;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.Usage;
import io.apihub.dev.modelserver.Served;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What Anthropic's SDK must see on any lane. */
interface AnthropicContract {

    Lane lane();

    private MessageCreateParams.Builder message(String tag, String text) {
        return MessageCreateParams.builder()
                .model(lane().model())
                .maxTokens(1000)
                .system("Be brief.")
                .addUserMessage(Lane.prompt(tag, text));
    }

    @Test
    default void messagesAreAnsweredWithTheUsageServed() {
        String tag = Lane.tag();

        Message answer =
                Sdks.anthropic(lane())
                        .messages()
                        .create(message(tag, "hi [[words=7]] [[cached=4]]").build());

        assertThat(text(answer).split(" ")).hasSize(7);
        assertThat(answer.stopReason().orElseThrow().asString()).isEqualTo("end_turn");
        same(answer.usage(), lane().served(tag));
    }

    @Test
    default void messagesStreamWithTheUsageServed() {
        String tag = Lane.tag();
        var accumulator = MessageAccumulator.create();
        var params = message(tag, "hi [[words=20]]").build();

        try (var stream = Sdks.anthropic(lane()).messages().createStreaming(params)) {
            stream.stream().forEach(accumulator::accumulate);
        }

        assertThat(text(accumulator.message()).split(" ")).hasSize(20);
        Served served = lane().served(tag);
        assertThat(accumulator.message().usage().outputTokens()).isEqualTo(served.outputTokens());
    }

    @Test
    default void messagesCallATool() {
        String tag = Lane.tag();
        var city = JsonValue.from(Map.of("type", "string"));
        var properties =
                Tool.InputSchema.Properties.builder().putAdditionalProperty("city", city).build();
        var schema = Tool.InputSchema.builder().properties(properties).build();
        var weather = Tool.builder().name("weather").inputSchema(schema).build();

        Message answer =
                Sdks.anthropic(lane())
                        .messages()
                        .create(message(tag, "weather? [[tool]]").addTool(weather).build());

        var call =
                answer.content().stream()
                        .flatMap(block -> block.toolUse().stream())
                        .findFirst()
                        .orElseThrow();
        assertThat(call.name()).isEqualTo("weather");
        assertThat(answer.stopReason().orElseThrow().asString()).isEqualTo("tool_use");
        same(answer.usage(), lane().served(tag));
    }

    private static String text(Message message) {
        return message.content().stream()
                .flatMap(block -> block.text().stream())
                .map(block -> block.text())
                .reduce("", String::concat);
    }

    private static void same(Usage told, Served served) {
        assertThat(told.inputTokens()).isEqualTo(served.inputTokens());
        assertThat(told.cacheReadInputTokens().orElse(0L)).isEqualTo(served.cachedTokens());
        assertThat(told.outputTokens()).isEqualTo(served.outputTokens());
    }
}
