package io.apihub.model.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The key format against the vectors that every implementation shares. */
class KeyVectorsTest {

    private static JsonNode vectors() throws IOException {
        return new ObjectMapper().readTree(Path.of("vectors/api-keys.json").toFile());
    }

    private static Stream<JsonNode> items(String list) throws IOException {
        return StreamSupport.stream(vectors().get(list).spliterator(), false);
    }

    static Stream<JsonNode> valid() throws IOException {
        return items("valid");
    }

    static Stream<JsonNode> invalid() throws IOException {
        return items("invalid");
    }

    static Stream<JsonNode> invalidDigests() throws IOException {
        return items("invalidDigests");
    }

    static Stream<JsonNode> invalidIds() throws IOException {
        return items("invalidIds");
    }

    @Test
    void theFormatIsTheOneOfTheFile() throws IOException {
        var format = vectors().get("format");

        assertThat(ApiKeySecret.PREFIX).isEqualTo(format.get("prefix").asText());
        assertThat(ApiKeySecret.LENGTH).isEqualTo(format.get("length").asInt());
        assertThat(KeyId.LENGTH).isEqualTo(format.get("idLength").asInt());
        assertThat(Base62.ALPHABET).isEqualTo(format.get("alphabet").asText());
    }

    @ParameterizedTest
    @MethodSource("valid")
    void aValidKeyIsReadWithItsIdAndDigests(JsonNode vector) {
        var key = ApiKeySecret.parse(vector.get("key").asText()).orElseThrow();

        assertThat(key.reveal()).isEqualTo(vector.get("key").asText());
        assertThat(key.id()).hasToString(vector.get("id").asText());
        assertThat(key.id().value()).isEqualTo(Long.parseLong(vector.get("idNumber").asText()));
        assertThat(key.shownPrefix()).isEqualTo("sk-hub_" + vector.get("id").asText() + "…");
        vector.get("digests")
                .properties()
                .forEach(d -> {
                    assertThat(key.digest(d.getKey())).hasToString(d.getValue().asText());
                    assertThat(KeyDigest.parse(d.getValue().asText()))
                            .isEqualTo(key.digest(d.getKey()));
                });
    }

    @ParameterizedTest
    @MethodSource("valid")
    void theChecksumIsCrc32InBase62(JsonNode vector) {
        assertThat(Base62.encode(vector.get("crc32").asLong(), 6))
                .isEqualTo(vector.get("checksum").asText());
        assertThat(vector.get("key").asText()).endsWith(vector.get("checksum").asText());
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void anInvalidKeyIsNotRead(JsonNode vector) {
        assertThat(ApiKeySecret.parse(vector.get("key").asText()))
                .as(vector.get("name").asText())
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("invalidDigests")
    void anInvalidDigestIsRefusedWithoutRepeatingIt(JsonNode vector) {
        var text = vector.get("digest").asText();

        assertThatIllegalArgumentException()
                .as(vector.get("name").asText())
                .isThrownBy(() -> KeyDigest.parse(text))
                .matches(e -> text.isEmpty() || !String.valueOf(e.getMessage()).contains(text));
    }

    @ParameterizedTest
    @MethodSource("invalidIds")
    void anInvalidIdIsRefused(JsonNode id) {
        assertThatIllegalArgumentException().isThrownBy(() -> KeyId.parse(id.asText()));
    }
}
