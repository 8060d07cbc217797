package io.apihub.dev.mint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.apihub.model.key.ApiKeySecret;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code start.sh mint} prints is what the gateway's own code takes. */
class MintingTest {

    private static final Instant NOW = Instant.parse("2026-11-23T08:00:00.5Z");

    private static Minting minting(String... arguments) {
        return MintFlags.parse(List.of(arguments), () -> NOW);
    }

    private static JsonNode yaml(String text) throws IOException {
        return new YAMLMapper().readTree(text);
    }

    @Test
    void theKeyComesOnceAndItsDigestInTheResource() throws IOException {
        var printed = minting("--tenant", "acme", "--name", "ci").run(new SecureRandom());

        var parts = printed.split("\n\n", 2);
        var key = ApiKeySecret.parse(parts[0]).orElseThrow();
        assertThat(parts[1]).doesNotContain(key.reveal());
        var resource = yaml(parts[1]);
        assertThat(resource.at("/metadata/name").asText()).isEqualTo("ci");
        assertThat(resource.at("/metadata/namespace").asText()).isEqualTo("acme");
        assertThat(resource.at("/spec/tenantRef/name").asText()).isEqualTo("acme");
        assertThat(resource.at("/spec/keyId").asText()).isEqualTo(key.id().toString());
        assertThat(resource.at("/spec/keyHash").asText()).isEqualTo(key.digest("acme").toString());
        assertThat(resource.path("spec").has("expiresAt")).isFalse();
    }

    @Test
    void theResourceMayGoToAFileThatIsNeverOverwritten(@TempDir Path folder) throws IOException {
        var file = folder.resolve("key.yaml");
        var minting =
                minting(
                        "--tenant",
                        "acme",
                        "--namespace",
                        "t-acme",
                        "--expires",
                        "90d",
                        "--out",
                        file.toString());

        var printed = minting.run(new SecureRandom());

        assertThat(ApiKeySecret.parse(printed.strip())).isPresent();
        var resource = yaml(Files.readString(file));
        assertThat(resource.at("/metadata/name").asText()).matches("key-[0-9a-f]{10}");
        assertThat(resource.at("/metadata/namespace").asText()).isEqualTo("t-acme");
        assertThat(resource.at("/spec/expiresAt").asText()).isEqualTo("2027-02-21T08:00:00Z");
        assertThatThrownBy(() -> minting.run(new SecureRandom()))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "--name x, mint needs --tenant NAME",
        "--tenant, --tenant needs a value; try --help",
        "--tenant ACME, '--tenant needs 1 to 63 characters a-z, 0-9 and ''-'', not ''ACME'''",
        "--tenant a --tenant b, --tenant is given twice",
        "--tenant a --port 1, unknown flag --port; try --help",
        "--tenant a --expires 2020-01-01T00:00:00Z, '--expires needs a time to come, such as 90d,"
                + " 720h or 2027-01-01T00:00:00Z, not ''2020-01-01T00:00:00Z'''",
        "--tenant a --expires soon, '--expires needs a time to come, such as 90d, 720h or"
                + " 2027-01-01T00:00:00Z, not ''soon'''"
    })
    void aWrongFlagIsNamed(String arguments, String message) {
        assertThatThrownBy(() -> minting(arguments.split(" ")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
