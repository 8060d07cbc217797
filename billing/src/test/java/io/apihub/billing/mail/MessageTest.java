package io.apihub.billing.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.billing.user.EmailAddress;
import jakarta.mail.MessagingException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTest {

    private static final EmailAddress TO = EmailAddress.of("email", "me@example.com");

    private static Message message(String key, EmailAddress to, String subject, String text) {
        return new Message(key, to, subject, text, Duration.ofMinutes(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nBcc: you@example.com", "a\nb", "a\u0000", "a\u0085b", "", " "})
    void nothingBecomesAHeaderThatIsNoLine(String line) {
        assertThatThrownBy(() -> message(line, TO, "subject", "text"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> message("key", TO, line, "text"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> message("key", new EmailAddress(line, line), "subject", "text"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void longOnesAreRefused() {
        assertThatThrownBy(() -> message("k".repeat(201), TO, "subject", "text"))
                .hasMessageContaining("key");
        assertThatThrownBy(() -> message("key", TO, "s".repeat(201), "text"))
                .hasMessageContaining("subject");
        assertThatThrownBy(() -> message("key", TO, "subject", "t".repeat(20_001)))
                .hasMessageContaining("20000");
        assertThatThrownBy(() -> new Message("key", TO, "subject", "text", Duration.ZERO))
                .hasMessageContaining("usefulFor");
    }

    @ParameterizedTest
    @EnumSource(Letter.class)
    void everyLetterHasBothLanguagesAndNoGapIsForgotten(Letter letter) {
        var gaps = new HashMap<String, String>();
        for (var gap :
                "link tenant role balance threshold currency plan endsat limit subject percent"
                        .split(" ", -1)) {
            gaps.put(gap, gap);
        }
        for (var gap : "resetsat credit bonus order url reason".split(" ", -1)) {
            gaps.put(gap, gap);
        }

        var message = letter.fill("key", TO, gaps);

        assertThat(message.subject()).matches("[ -~]+ / .*\\p{IsHan}.*");
        assertThat(message.text()).containsPattern("\\p{IsHan}").contains("\n----\n");
        assertThat(message.toString()).isEqualTo("key");
    }

    @Test
    void aGapThatIsLeftIsAMistake() {
        assertThatThrownBy(() -> Letter.PASSWORD_RESET.fill("key", TO, Map.of()))
                .hasMessageContaining("gap");
        assertThatThrownBy(() -> Letter.PASSWORD_RESET.fill("key", TO, Map.of("link", "a\nBcc: b")))
                .hasMessageContaining("not one line");
    }

    @ParameterizedTest
    @CsvSource({"550, true", "554, true", "450, false", "421, false", "535, false", "530, false"})
    void onlyWhatIsSaidForGoodIsFinal(int code, boolean isFinal) {
        var refused =
                new MessagingException(
                        "several",
                        new SMTPAddressFailedException(null, "RCPT TO", code, "no such user"));

        assertThat(Smtp.isFinal(refused)).isEqualTo(isFinal);
        assertThat(Smtp.isFinal(new MessagingException("no answer"))).isFalse();
    }
}
