package io.apihub.extauthz.request;

import static io.apihub.extauthz.request.Inspections.accepted;
import static io.apihub.extauthz.request.Inspections.inspect;
import static io.apihub.model.usage.Dialect.ANTHROPIC;
import static io.apihub.model.usage.Dialect.GEMINI;
import static io.apihub.model.usage.Dialect.OPENAI_CHAT;
import static io.apihub.model.usage.Dialect.OPENAI_COMPLETIONS;
import static io.apihub.model.usage.Dialect.OPENAI_OTHER;
import static io.apihub.model.usage.Dialect.OPENAI_RESPONSES;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.extauthz.request.RequestInspector.Body;
import io.apihub.extauthz.request.RequestInspector.Subject;
import io.apihub.model.usage.Dialect;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RequestInspectorTest {

    static Stream<Arguments> refusedShapes() {
        return Stream.of(
                Arguments.of(OPENAI_CHAT, "", null),
                Arguments.of(OPENAI_CHAT, "[]", null),
                Arguments.of(OPENAI_CHAT, "\"x\"", null),
                Arguments.of(OPENAI_CHAT, "{\"model\":\"m\"", null),
                Arguments.of(OPENAI_CHAT, "{\"model\":\"m\"} x", null),
                Arguments.of(OPENAI_CHAT, "{\"model\":\"m\"}{\"model\":\"n\"}", null),
                Arguments.of(OPENAI_CHAT, "{\"model\":\"m\",}", null),
                Arguments.of(OPENAI_CHAT, "{'model':'m'}", null),
                Arguments.of(OPENAI_CHAT, "{\"model\":\"m\"/* x */}", null),
                Arguments.of(OPENAI_CHAT, "{\"model\":\"m\",\"t\":NaN}", null),
                Arguments.of(OPENAI_CHAT, "{\"model\":\"m\",\"t\":01}", null),
                Arguments.of(OPENAI_CHAT, "{\"model\":\"m\",\"t\":\"a\nb\"}", null),
                Arguments.of(OPENAI_CHAT, "\uFEFF{\"model\":\"m\"}", null),
                Arguments.of(OPENAI_CHAT, "{}", "model"),
                Arguments.of(OPENAI_CHAT, "{\"model\":null}", "model"),
                Arguments.of(OPENAI_CHAT, "{\"model\":7}", "model"),
                Arguments.of(OPENAI_CHAT, "{\"model\":\"\"}", "model"),
                Arguments.of(OPENAI_CHAT, "{\"model\":\"" + "m".repeat(257) + "\"}", "model"),
                Arguments.of(OPENAI_CHAT, "{\"model\":\"m\",\"model\":\"n\"}", "model"),
                Arguments.of(OPENAI_CHAT, "{\"model\":\"m\",\"mod\\u0065l\":\"n\"}", "model"),
                Arguments.of(OPENAI_CHAT, "{\"model\":\"m\",\"Model\":\"n\"}", "Model"),
                Arguments.of(OPENAI_CHAT, "{\"model\":\"m\",\"\u017Ftream\":true}", "\u017Ftream"),
                Arguments.of(
                        OPENAI_CHAT, "{\"model\":\"m\",\"max_to\u212Aens\":1}", "max_to\u212Aens"));
    }

    static Stream<Arguments> refusedValues() {
        return Stream.of(
                Arguments.of(OPENAI_CHAT, "{\"model\":\"m\",\"stream\":\"true\"}", "stream"),
                Arguments.of(OPENAI_CHAT, "{\"model\":\"m\",\"stream\":1}", "stream"),
                Arguments.of(OPENAI_CHAT, "{\"model\":\"m\",\"n\":0}", "n"),
                Arguments.of(OPENAI_CHAT, "{\"model\":\"m\",\"n\":1e3}", "n"),
                Arguments.of(OPENAI_CHAT, "{\"model\":\"m\",\"n\":\"2\"}", "n"),
                Arguments.of(OPENAI_CHAT, "{\"model\":\"m\",\"n\":99999999999}", "n"),
                Arguments.of(OPENAI_CHAT, "{\"model\":\"m\",\"max_tokens\":-1}", "max_tokens"),
                Arguments.of(OPENAI_CHAT, "{\"model\":\"m\",\"max_tokens\":0}", "max_tokens"),
                Arguments.of(OPENAI_CHAT, "{\"model\":\"m\",\"max_tokens\":1.5}", "max_tokens"),
                Arguments.of(
                        OPENAI_CHAT,
                        "{\"model\":\"m\",\"max_tokens\":99999999999999999999}",
                        "max_tokens"),
                Arguments.of(
                        OPENAI_CHAT,
                        "{\"model\":\"m\",\"max_tokens\":1,\"max_completion_tokens\":2}",
                        "max_completion_tokens"),
                Arguments.of(
                        OPENAI_CHAT, "{\"model\":\"m\",\"stream_options\":[]}", "stream_options"),
                Arguments.of(
                        OPENAI_CHAT,
                        "{\"model\":\"m\",\"stream_options\":{\"Include_usage\":false}}",
                        "Include_usage"),
                Arguments.of(
                        OPENAI_CHAT,
                        "{\"model\":\"m\",\"stream_options\":{\"include_usage\":true,\"include_usage\":false}}",
                        "include_usage"),
                Arguments.of(
                        OPENAI_RESPONSES, "{\"model\":\"m\",\"background\":true}", "background"),
                Arguments.of(OPENAI_RESPONSES, "{\"model\":\"m\",\"background\":1}", "background"),
                Arguments.of(
                        GEMINI,
                        "{\"generationConfig\":{\"maxOutputTokens\":1},\"generation_config\":{}}",
                        "generation_config"),
                Arguments.of(
                        GEMINI,
                        "{\"generationConfig\":{\"maxOutputTokens\":1,\"max_output_tokens\":2}}",
                        "max_output_tokens"),
                Arguments.of(GEMINI, "{\"GenerationConfig\":{}}", "GenerationConfig"),
                Arguments.of(GEMINI, "{\"model\":\"models/other\"}", "model"));
    }

    @ParameterizedTest
    @MethodSource({"refusedShapes", "refusedValues"})
    void ambiguityIsRefused(Dialect dialect, String body, String param) {
        assertThat(inspect(dialect, body))
                .isInstanceOfSatisfying(
                        Inspection.Malformed.class,
                        malformed -> assertThat(malformed.param()).isEqualTo(param));
    }

    @Test
    void otherEncodingsOfUnicodeAreRefused() {
        for (var charset :
                new java.nio.charset.Charset[] {
                    StandardCharsets.UTF_16BE,
                    StandardCharsets.UTF_16LE,
                    StandardCharsets.UTF_16,
                    java.nio.charset.Charset.forName("UTF-32BE")
                }) {
            var bytes = "{\"model\":\"m\"}".getBytes(charset);
            var subject =
                    new Subject(
                            OPENAI_CHAT,
                            "/v1/chat/completions",
                            "",
                            new Body(bytes, 0, bytes.length));

            assertThat(new RequestInspector().inspect(subject))
                    .isInstanceOf(Inspection.Malformed.class);
        }
    }

    @Test
    void nestingEndsAt512() {
        assertThat(inspect(OPENAI_CHAT, nested(511))).isInstanceOf(Inspection.Request.class);
        assertThat(inspect(OPENAI_CHAT, nested(512))).isInstanceOf(Inspection.Malformed.class);
        assertThat(inspect(OPENAI_CHAT, nested(100_000))).isInstanceOf(Inspection.Malformed.class);
    }

    private static String nested(int arrays) {
        return "{\"model\":\"m\",\"x\":" + "[".repeat(arrays) + "]".repeat(arrays) + "}";
    }

    @Test
    void everyLimitAndFactorOfItsDialectIsRead() {
        assertThat(limits(OPENAI_CHAT, "\"max_tokens\":5")).isEqualTo("5x1x1");
        assertThat(limits(OPENAI_CHAT, "\"max_tokens\":5,\"max_completion_tokens\":5"))
                .isEqualTo("5x1x1");
        assertThat(limits(OPENAI_CHAT, "\"max_tokens\":null,\"max_completion_tokens\":6"))
                .isEqualTo("6x1x1");
        assertThat(limits(OPENAI_CHAT, "\"n\":3")).isEqualTo("0x3x1");
        assertThat(
                        limits(
                                OPENAI_COMPLETIONS,
                                "\"n\":2,\"best_of\":4,\"prompt\":[\"a\",\"b\",\"c\"]"))
                .isEqualTo("0x8x3");
        assertThat(limits(OPENAI_COMPLETIONS, "\"prompt\":[1,2,3]")).isEqualTo("0x1x1");
        assertThat(limits(OPENAI_COMPLETIONS, "\"prompt\":[[1,2],[3]]")).isEqualTo("0x1x2");
        assertThat(limits(OPENAI_RESPONSES, "\"max_output_tokens\":9")).isEqualTo("9x1x1");
        assertThat(limits(ANTHROPIC, "\"max_tokens\":9")).isEqualTo("9x1x1");
        assertThat(
                        limits(
                                GEMINI,
                                "\"generationConfig\":{\"maxOutputTokens\":9,\"candidateCount\":2}"))
                .isEqualTo("9x2x1");
        assertThat(
                        limits(
                                GEMINI,
                                "\"generation_config\":{\"max_output_tokens\":9,\"candidate_count\":2}"))
                .isEqualTo("9x2x1");
        assertThat(limits(OPENAI_OTHER, "\"input\":[\"a\",\"b\"]")).isEqualTo("0x1x2");
    }

    private static String limits(Dialect dialect, String fields) {
        var request = accepted(dialect, "{\"model\":\"gemini-pro\"," + fields + "}");
        return request.outputLimit() + "x" + request.answers() + "x" + request.prompts();
    }

    @Test
    void tokenNumbersAreCountedOneByOne() {
        assertThat(accepted(OPENAI_COMPLETIONS, "{\"model\":\"m\",\"prompt\":[5,5,5]}").tokenIds())
                .isEqualTo(3);
        assertThat(accepted(OPENAI_OTHER, "{\"model\":\"m\",\"input\":[[5],[5,5]]}").tokenIds())
                .isEqualTo(3);
    }

    @Test
    void geminiNamesItsModelInThePath() {
        var inspector = new RequestInspector();
        var bytes = "{}".getBytes(StandardCharsets.UTF_8);
        var body = new Body(bytes, 0, 2);

        assertThat(
                        inspector.inspect(
                                new Subject(
                                        GEMINI,
                                        "/v1beta/models/g-1.5:streamGenerateContent",
                                        "",
                                        body)))
                .isInstanceOfSatisfying(
                        Inspection.Request.class,
                        request -> {
                            assertThat(request.model()).isEqualTo("g-1.5");
                            assertThat(request.stream()).isTrue();
                        });
        for (var path : new String[] {"/v1beta/models/a%62:generateContent", "/v1beta/models/:x"}) {
            assertThat(inspector.inspect(new Subject(GEMINI, path, "", body)))
                    .isInstanceOf(Inspection.Malformed.class);
        }
    }
}
