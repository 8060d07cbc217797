package io.apihub.operator.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperatorSettingsTest {

    private static final Map<String, String> LEAST =
            Map.of(
                    "APIHUB_DB_URL", "jdbc:postgresql://db/apihub",
                    "APIHUB_DB_USER", "apihub_operator",
                    "APIHUB_DB_PASSWORD", "secret",
                    "APIHUB_GRPC_LISTEN", "127.0.0.1:18000",
                    "APIHUB_MANAGEMENT_LISTEN", "127.0.0.1:18001");

    @Test
    void everythingElseHasADefault() {
        var settings = OperatorSettings.from(LEAST);

        assertThat(settings.cluster()).isEqualTo("default");
        assertThat(settings.namespace()).isEqualTo("apihub-system");
        assertThat(settings.maxStale()).isEqualTo(Duration.ofMinutes(10));
        assertThat(settings.migration()).isEqualTo(settings.database());
        assertThat(settings.toString()).doesNotContain("secret");
    }

    @Test
    void whatIsMissingOrWrongIsNamed() {
        for (var name : LEAST.keySet()) {
            if (!name.equals("APIHUB_DB_PASSWORD")) {
                assertRefused(Map.of(name, ""), name);
            }
        }
        assertRefused(Map.of("APIHUB_GRPC_LISTEN", "18000"), "APIHUB_GRPC_LISTEN");
        assertRefused(Map.of("APIHUB_GRPC_LISTEN", "host:port"), "APIHUB_GRPC_LISTEN");
        assertRefused(Map.of("APIHUB_MAX_STALE", "soon"), "APIHUB_MAX_STALE");
        assertRefused(
                Map.of("APIHUB_ALLOW_LOOPBACK_UPSTREAMS", "yes"),
                "APIHUB_ALLOW_LOOPBACK_UPSTREAMS");
        assertRefused(Map.of("APIHUB_DB_PASSWORD_FILE", "/nowhere"), "APIHUB_DB_PASSWORD_FILE");
    }

    @Test
    void aPasswordMayComeFromAFile(@TempDir Path directory) throws Exception {
        var file = Files.writeString(directory.resolve("password"), "from-file\n");
        var variables = new HashMap<>(LEAST);
        variables.put("APIHUB_DB_PASSWORD_FILE", file.toString());

        assertThat(OperatorSettings.from(variables).database().password()).isEqualTo("from-file");
    }

    private static void assertRefused(Map<String, String> changed, String variable) {
        var variables = new HashMap<>(LEAST);
        variables.putAll(changed);
        assertThatThrownBy(() -> OperatorSettings.from(variables))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining(variable)
                .hasMessageNotContaining("\n");
    }
}
