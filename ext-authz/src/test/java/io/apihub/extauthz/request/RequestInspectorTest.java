package io.apihub.extauthz.request;

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

    private static final String B64 = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ";
    private static final String IMAGE = "data:image/png;base64," + B64;
    private static final String GEMINI_PATH = "/v1beta/models/gemini-pro:generateContent";

    static Stream<Arguments> refused() {
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
                        OPENAI_CHAT, "{\"model\":\"m\",\"max_to\u212Aens\":1}", "max_to\u212Aens"),
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
    @MethodSource
    void refused(Dialect dialect, String body, String param) {
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

    static Stream<Arguments> media() {
        return Stream.of(
                Arguments.of(
                        OPENAI_CHAT, chatPart("image_url", "{\"url\":\"" + IMAGE + "\"}"), 1, 0),
                Arguments.of(
                        OPENAI_CHAT,
                        chatPart("image_url", "{\"url\":\"" + IMAGE.replace("/", "\\/") + "\"}"),
                        1,
                        0),
                Arguments.of(
                        OPENAI_CHAT,
                        chatPart("input_audio", "{\"data\":\"" + B64 + "\",\"format\":\"wav\"}"),
                        0,
                        1),
                Arguments.of(
                        OPENAI_CHAT,
                        chatPart(
                                "file",
                                "{\"file_data\":\"data:application/pdf;base64," + B64 + "\"}"),
                        0,
                        1),
                Arguments.of(
                        OPENAI_RESPONSES,
                        "{\"model\":\"m\",\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_image\",\"image_url\":\""
                                + IMAGE
                                + "\"}]}]}",
                        1,
                        0),
                Arguments.of(ANTHROPIC, anthropicPart("base64", "image/png", B64), 1, 0),
                Arguments.of(ANTHROPIC, anthropicPart("base64", "application/pdf", B64), 0, 1),
                Arguments.of(
                        GEMINI,
                        "{\"contents\":[{\"parts\":[{\"inlineData\":{\"data\":\""
                                + B64
                                + "\",\"mimeType\":\"image/png\"}}]}]}",
                        1,
                        0),
                Arguments.of(
                        GEMINI,
                        "{\"contents\":[{\"parts\":[{\"inline_data\":{\"mime_type\":\"video/mp4\",\"data\":\""
                                + B64
                                + "\"}}]}]}",
                        0,
                        1));
    }

    @ParameterizedTest
    @MethodSource
    void media(Dialect dialect, String body, int images, int files) {
        var request = accepted(dialect, body);

        int length = body.getBytes(StandardCharsets.UTF_8).length;
        assertThat(request.images()).isEqualTo(images);
        assertThat(request.files()).isEqualTo(files);
        assertThat(request.textBytes())
                .isBetween(length - B64.length() - 8L, length - B64.length() + 0L);
        assertThat(request.unseenState()).isFalse();
    }

    static Stream<Arguments> textThatLooksLikeMedia() {
        return Stream.of(
                Arguments.of(OPENAI_CHAT, chatPart("text", "\"" + IMAGE + "\"")),
                Arguments.of(
                        OPENAI_CHAT,
                        chatPart("image_url", "{\"url\":\"data:text/plain;base64," + B64 + "\"}")),
                Arguments.of(
                        OPENAI_CHAT,
                        chatPart(
                                "image_url",
                                "{\"url\":\"data:image/svg+xml;base64," + B64 + "\"}")),
                Arguments.of(
                        OPENAI_CHAT,
                        chatPart("image_url", "{\"url\":\"data:image/png;base64,not base64!\"}")),
                Arguments.of(
                        OPENAI_CHAT,
                        "{\"model\":\"m\",\"tools\":[{\"type\":\"function\",\"function\":{\"image_url\":{\"url\":\""
                                + IMAGE
                                + "\"}}}]}"),
                Arguments.of(ANTHROPIC, anthropicPart("text", "image/png", B64)),
                Arguments.of(ANTHROPIC, anthropicPart("base64", "text/plain", B64)),
                Arguments.of(ANTHROPIC, anthropicPart("base64", "image/png", "some words")),
                Arguments.of(
                        ANTHROPIC,
                        "{\"model\":\"m\",\"messages\":[{\"content\":[{\"type\":\"tool_use\",\"input\":{\"source\":{\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\""
                                + B64
                                + "\"}}}]}]}"),
                Arguments.of(
                        ANTHROPIC,
                        "{\"model\":\"m\",\"messages\":[{\"content\":[{\"source\":{\"type\":\"base64\",\"media_type\":\"image/png\",\"media_type\":\"text/plain\",\"data\":\""
                                + B64
                                + "\"}}]}]}"));
    }

    @ParameterizedTest
    @MethodSource
    void textThatLooksLikeMedia(Dialect dialect, String body) {
        assertThat(accepted(dialect, body).textBytes()).isEqualTo(body.length());
    }

    static Stream<Arguments> unseen() {
        return Stream.of(
                Arguments.of(OPENAI_CHAT, chatPart("file", "{\"file_id\":\"f\"}")),
                Arguments.of(OPENAI_CHAT, chatPart("file", "{\"File_ID\":\"f\"}")),
                Arguments.of(OPENAI_CHAT, "{\"model\":\"m\",\"web_search_options\":{}}"),
                Arguments.of(OPENAI_CHAT, tools("{\"type\":\"web_search\"}")),
                Arguments.of(OPENAI_RESPONSES, "{\"model\":\"m\",\"previous_response_id\":\"r\"}"),
                Arguments.of(OPENAI_RESPONSES, "{\"model\":\"m\",\"conversation\":{\"id\":\"c\"}}"),
                Arguments.of(OPENAI_RESPONSES, "{\"model\":\"m\",\"prompt\":{\"id\":\"p\"}}"),
                Arguments.of(OPENAI_RESPONSES, tools("{\"type\":\"file_search\"}")),
                Arguments.of(
                        OPENAI_RESPONSES, tools("{\"type\":\"function\",\"type\":\"web_search\"}")),
                Arguments.of(
                        OPENAI_RESPONSES,
                        "{\"model\":\"m\",\"input\":[{\"type\":\"item_reference\",\"id\":\"i\"}]}"),
                Arguments.of(OPENAI_RESPONSES, "{\"model\":\"m\",\"input\":[{\"id\":\"i\"}]}"),
                Arguments.of(
                        OPENAI_RESPONSES,
                        "{\"model\":\"m\",\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_file\",\"file_url\":\"https://x\"}]}]}"),
                Arguments.of(ANTHROPIC, "{\"model\":\"m\",\"container\":\"c\"}"),
                Arguments.of(ANTHROPIC, "{\"model\":\"m\",\"mcp_servers\":[{}]}"),
                Arguments.of(ANTHROPIC, tools("{\"type\":\"web_search_20250305\"}")),
                Arguments.of(
                        ANTHROPIC,
                        "{\"model\":\"m\",\"messages\":[{\"content\":[{\"type\":\"document\",\"source\":{\"type\":\"url\",\"url\":\"https://x\"}}]}]}"),
                Arguments.of(GEMINI, "{\"cachedContent\":\"c\"}"),
                Arguments.of(GEMINI, "{\"tools\":[{\"googleSearch\":{}}]}"),
                Arguments.of(
                        GEMINI,
                        "{\"contents\":[{\"parts\":[{\"fileData\":{\"fileUri\":\"x\"}}]}]}"));
    }

    @ParameterizedTest
    @MethodSource
    void unseen(Dialect dialect, String body) {
        assertThat(accepted(dialect, body).unseenState()).isTrue();
    }

    static Stream<Arguments> seen() {
        return Stream.of(
                Arguments.of(
                        OPENAI_CHAT,
                        tools(
                                "{\"type\":\"function\",\"function\":{\"parameters\":{\"file_id\":{}}}}")),
                Arguments.of(OPENAI_RESPONSES, "{\"model\":\"m\",\"previous_response_id\":null}"),
                Arguments.of(OPENAI_RESPONSES, "{\"model\":\"m\",\"input\":\"hello\"}"),
                Arguments.of(
                        ANTHROPIC,
                        tools("{\"name\":\"x\",\"input_schema\":{\"type\":\"object\"}}")),
                Arguments.of(
                        ANTHROPIC,
                        "{\"model\":\"m\",\"messages\":[{\"content\":[{\"type\":\"tool_use\",\"input\":{\"file_id\":\"x\",\"url\":\"y\"}}]}]}"),
                Arguments.of(
                        GEMINI, "{\"tools\":[{\"functionDeclarations\":[{\"name\":\"f\"}]}]}"));
    }

    @ParameterizedTest
    @MethodSource
    void seen(Dialect dialect, String body) {
        assertThat(accepted(dialect, body).unseenState()).isFalse();
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

    private static String chatPart(String type, String value) {
        return "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\""
                + type
                + "\",\""
                + type
                + "\":"
                + value
                + "}]}]}";
    }

    private static String anthropicPart(String type, String mediaType, String data) {
        return "{\"model\":\"m\",\"messages\":[{\"content\":[{\"type\":\"image\",\"source\":{\"data\":\""
                + data
                + "\",\"type\":\""
                + type
                + "\",\"media_type\":\""
                + mediaType
                + "\"}}]}]}";
    }

    private static String tools(String tool) {
        return "{\"model\":\"m\",\"tools\":[" + tool + "]}";
    }

    private static Inspection.Request accepted(Dialect dialect, String body) {
        var inspection = inspect(dialect, body);
        assertThat(inspection).as(body).isInstanceOf(Inspection.Request.class);
        return (Inspection.Request) inspection;
    }

    private static Inspection inspect(Dialect dialect, String body) {
        // Not at the start of the array, as in a message from Envoy.
        var bytes = ("??" + body + "??").getBytes(StandardCharsets.UTF_8);
        var path = dialect == GEMINI ? GEMINI_PATH : "/v1/x";
        return new RequestInspector()
                .inspect(new Subject(dialect, path, "", new Body(bytes, 2, bytes.length - 4)));
    }
}
