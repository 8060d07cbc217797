package io.apihub.extauthz.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.envoy.data.ai.v3.TokenUsage.ExtractionStatus;
import io.apihub.model.usage.Dialect;
import io.apihub.model.usage.TokenUsage;
import io.apihub.usage.v1.UsageRecord;
import io.apihub.usage.v1.UsageRecord.Outcome;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** No usage object, however odd, makes an exception or an impossible record. */
class UsageFuzzTest {

    private static final List<Dialect> DIALECTS = List.of(Dialect.values());
    private static final List<String> EVENTS =
            List.of("usage", "response_usage", "message_usage", "gemini_usage", "json.usage");
    private static final List<String> NAMES =
            List.of(
                    "prompt_tokens",
                    "completion_tokens",
                    "total_tokens",
                    "input_tokens",
                    "output_tokens",
                    "cache_read_input_tokens",
                    "cache_creation_input_tokens",
                    "promptTokenCount",
                    "candidatesTokenCount",
                    "thoughtsTokenCount",
                    "totalTokenCount",
                    "cachedContentTokenCount",
                    "toolUsePromptTokenCount",
                    "cache_creation",
                    "prompt_tokens_details");
    private static final List<String> VALUES =
            List.of(
                    "0",
                    "1",
                    "7",
                    "-1",
                    "2000000000",
                    "9223372036854775807",
                    "-9223372036854775808",
                    "18446744073709551615",
                    "1e300",
                    "1.5",
                    "NaN",
                    "null",
                    "true",
                    "\"9\"",
                    "[]",
                    "{\"ephemeral_1h_input_tokens\":-4}",
                    "{\"cached_tokens\":9223372036854775807}",
                    "{");

    private final Random random = new Random(20261123);

    @Test
    void everyAnswerIsOnePossibleRecord() {
        for (int i = 0; i < 10_000; i++) {
            var logged = logged();

            UsageRecord settlement = logged.extract();

            var tokens = settlement.getTokens();
            for (long count :
                    new long[] {
                        tokens.getInput(),
                        tokens.getCachedInput(),
                        tokens.getCacheWrite(),
                        tokens.getCacheWrite1H(),
                        tokens.getOutput(),
                        tokens.getReasoning()
                    }) {
                assertThat(count).as(settlement.toString()).isBetween(0L, TokenUsage.MAX);
            }
            assertThat(settlement.getOutcome()).isNotEqualTo(Outcome.OUTCOME_UNSPECIFIED);
        }
    }

    private Logged logged() {
        var dialect = DIALECTS.get(random.nextInt(DIALECTS.size()));
        var logged = random.nextBoolean() ? Logged.stream(dialect) : Logged.json(dialect);
        if (random.nextInt(4) == 0) {
            logged.clientLeft();
        }
        if (random.nextBoolean()) {
            logged.counted(
                    Logged.complete(number(), number())
                            .setExtractionStatus(
                                    random.nextBoolean()
                                            ? ExtractionStatus.COMPLETE
                                            : ExtractionStatus.FAILED)
                            .setInputTokenDetails(Logged.details(number(), number()))
                            .setOutputTokenDetails(Logged.reasoning(number())));
        }
        for (var event : EVENTS) {
            if (random.nextInt(3) == 0) {
                logged.event(event, usage());
            }
        }
        return logged;
    }

    private long number() {
        return random.nextInt(3) == 0 ? random.nextLong() : random.nextInt(1_000);
    }

    private String usage() {
        var json = new StringBuilder("{");
        for (int i = random.nextInt(6); i >= 0; i--) {
            json.append('"')
                    .append(NAMES.get(random.nextInt(NAMES.size())))
                    .append("\":")
                    .append(VALUES.get(random.nextInt(VALUES.size())))
                    .append(i == 0 ? "}" : ",");
        }
        return json.toString();
    }
}
