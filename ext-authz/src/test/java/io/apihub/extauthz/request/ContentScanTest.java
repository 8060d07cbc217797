package io.apihub.extauthz.request;

import static io.apihub.extauthz.request.Inspections.accepted;
import static io.apihub.model.usage.Dialect.ANTHROPIC;
import static io.apihub.model.usage.Dialect.GEMINI;
import static io.apihub.model.usage.Dialect.OPENAI_CHAT;
import static io.apihub.model.usage.Dialect.OPENAI_RESPONSES;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.model.usage.Dialect;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ContentScanTest {

    private static final String B64 = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ";
    private static final String IMAGE = "data:image/png;base64," + B64;

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
}
