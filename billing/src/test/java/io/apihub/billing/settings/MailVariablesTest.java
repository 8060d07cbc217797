package io.apihub.billing.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MailVariablesTest {

    private final Map<String, String> variables =
            new HashMap<>(
                    Map.of(
                            "APIHUB_PUBLIC_URL", "https://hub.example.com",
                            "APIHUB_SMTP_HOST", "mail.example.com",
                            "APIHUB_SMTP_FROM", "APIHub <hub@example.com>",
                            "APIHUB_SMTP_USER", "hub",
                            "APIHUB_SMTP_PASSWORD", "secret"));

    private Mail mail() {
        return Objects.requireNonNull(new MailVariables(new Variables(variables)).mail());
    }

    @Test
    void theWayIsPrivateUnlessItIsSaid() {
        assertThat(mail())
                .isEqualTo(
                        new Mail(
                                "mail.example.com",
                                587,
                                Mail.Tls.STARTTLS,
                                new Mail.Login("hub", "secret"),
                                "hub@example.com",
                                "APIHub"));
        assertThat(mail().toString()).doesNotContain("secret");

        variables.put("APIHUB_SMTP_TLS", "tls");
        variables.put("APIHUB_SMTP_FROM", "hub@example.com");
        assertThat(mail().port()).isEqualTo(465);
        assertThat(mail().fromName()).isNull();
    }

    @Test
    void withoutAnyOfThemThereIsNoMail() {
        assertThat(
                        new MailVariables(
                                        new Variables(
                                                Map.of("APIHUB_PUBLIC_URL", "https://h.example")))
                                .mail())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "APIHUB_SMTP_HOST",
                "APIHUB_SMTP_FROM",
                "APIHUB_PUBLIC_URL",
                "APIHUB_SMTP_USER",
                "APIHUB_SMTP_PASSWORD"
            })
    void whatIsMissingOfTheHalfIsNamed(String variable) {
        variables.remove(variable);

        assertThatThrownBy(this::mail)
                .isInstanceOf(InvalidSetting.class)
                .hasMessageMatching(variable + " is missing, but APIHUB_SMTP_[A-Z]+ is given");
    }

    @ParameterizedTest
    @CsvSource({
        "APIHUB_SMTP_PORT, 0",
        "APIHUB_SMTP_PORT, 65536",
        "APIHUB_SMTP_TLS, ssl",
        "APIHUB_SMTP_TLS, none",
        "APIHUB_SMTP_HOST, mail example",
        "APIHUB_SMTP_FROM, hub",
        "APIHUB_SMTP_FROM, 'a@b.example, c@d.example'",
        "APIHUB_SMTP_PASSWORD_FILE, /does/not/exist"
    })
    void whatIsWrongIsNamed(String variable, String value) {
        variables.put(variable, value);

        assertThatThrownBy(this::mail)
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith(variable + " ");
    }
}
