package io.apihub.extauthz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.extauthz.journal.JournalLimits;
import io.apihub.extauthz.journal.JournalSync;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    private final Map<String, String> variables =
            new HashMap<>(
                    Map.of(
                            "APIHUB_GATEWAY_ID", "gw-0",
                            "APIHUB_MANAGEMENT_LISTEN", "127.0.0.1:0",
                            "APIHUB_AUTHZ_SOCKET", "/tmp/authz.sock",
                            "APIHUB_USAGE_SOCKET", "/tmp/usage.sock",
                            "APIHUB_OPERATOR", "operator:18000",
                            "APIHUB_BILLING", "[::1]:9090",
                            "APIHUB_JOURNAL_DIR", "/tmp/journal"));

    @Test
    void theRestHasDefaults() {
        var settings = Settings.of(new Environment(variables));

        assertThat(settings.maxStale()).isEqualTo(Duration.ofMinutes(10));
        assertThat(settings.grantTimeout()).isEqualTo(Duration.ofMillis(800));
        assertThat(settings.journalLimits()).isEqualTo(JournalLimits.DEFAULT);
    }

    @Test
    void theJournalCanBeMoreCareful() {
        variables.put("APIHUB_JOURNAL_SYNC", "always");
        variables.put("APIHUB_JOURNAL_KEEP", "1h");

        var limits = Settings.of(new Environment(variables)).journalLimits();

        assertThat(limits.sync()).isEqualTo(JournalSync.ALWAYS);
        assertThat(limits.keepAcked()).isEqualTo(Duration.ofHours(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "APIHUB_GATEWAY_ID",
                "APIHUB_MANAGEMENT_LISTEN",
                "APIHUB_AUTHZ_SOCKET",
                "APIHUB_USAGE_SOCKET",
                "APIHUB_OPERATOR",
                "APIHUB_BILLING",
                "APIHUB_JOURNAL_DIR"
            })
    void whatIsMissingIsNamed(String variable) {
        variables.remove(variable);

        assertThatThrownBy(() -> Settings.of(new Environment(variables)))
                .isInstanceOf(InvalidSetting.class)
                .hasMessage(variable + ": is not set");
    }

    @ParameterizedTest
    @CsvSource({
        "APIHUB_JOURNAL_SYNC, sometimes",
        "APIHUB_OPERATOR, operator",
        "APIHUB_OPERATOR, operator:99999",
        "APIHUB_BILLING, http://billing:1",
        "APIHUB_MAX_STALE, 10",
        "APIHUB_MAX_STALE, 0s",
        "APIHUB_MAX_STALE, soon",
        "APIHUB_GRANT_TIMEOUT, -1s",
    })
    void whatIsWrongIsNamed(String variable, String value) {
        variables.put(variable, value);

        assertThatThrownBy(() -> Settings.of(new Environment(variables)))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith(variable + ": '" + value + "' is not");
    }
}
