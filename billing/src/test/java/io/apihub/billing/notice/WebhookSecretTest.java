package io.apihub.billing.notice;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signatures, by the vectors of docs/notices.md. */
class WebhookSecretTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "whsec_test|1700000000|{}|35495024f4ef3f94e5a93e22221544c4b75e9a42300cd965ab81cb85cd994e91",
                "whsec_test|1700000000|{\"kind\":\"test\"}|94f5692e57a0c550df2b9a1b63fcb9a1aab3b8c1b4c7776a94f40fa745a70389",
                "whsec_低|1|{\"tenant\":\"例\"}|7962e5cf06b589114a460f5bd2f592b29b1da12ccd780617d4b4447b84a3babb",
            })
    void theHeaderIsWhatTheDocumentationSays(String secret, long seconds, String body, String hex) {
        var header =
                WebhookSecret.sign(
                        List.of(new WebhookSecret(secret)), Instant.ofEpochSecond(seconds), body);

        assertThat(header).isEqualTo("t=" + seconds + ",v1=" + hex);
    }

    @Test
    void secretsAreLongDifferentAndNotShown() {
        var one = WebhookSecret.mint(new SecureRandom());
        var other = WebhookSecret.mint(new SecureRandom());

        assertThat(one.reveal()).matches("whsec_[A-Za-z0-9_-]{43}").isNotEqualTo(other.reveal());
        assertThat(one.toString()).isEqualTo("***");
    }
}
