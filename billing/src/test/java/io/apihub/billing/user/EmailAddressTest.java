package io.apihub.billing.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.billing.problem.Refused;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmailAddressTest {

    @ParameterizedTest
    @CsvSource({
        "Alice@Example.COM, Alice@Example.COM, alice@example.com, example.com",
        "' a.b+c@x.cn ', a.b+c@x.cn, a.b+c@x.cn, x.cn",
        "i@b\u00fccher.example, i@xn--bcher-kva.example, i@xn--bcher-kva.example,"
                + " xn--bcher-kva.example",
        "i@\u4f8b\u3048.jp, i@xn--r8jz45g.jp, i@xn--r8jz45g.jp, xn--r8jz45g.jp"
    })
    void oneKeyForAllSpellings(String given, String text, String key, String domain) {
        var address = EmailAddress.of("email", given);

        assertThat(address.text()).isEqualTo(text);
        assertThat(address.key()).isEqualTo(key);
        assertThat(address.domain()).isEqualTo(domain);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "@",
                "a@",
                "@b.c",
                "a@b",
                "a@b..c",
                "a b@c.de",
                "a@b.c\r\nBcc: x@y.z",
                "a\r\nBcc: x@y.z@b.cd",
                "a@b.cd,x@y.zw",
                "<a@b.cd>",
                "a\u200b@b.cd",
                "a@b\u200b.cd x",
                "\u0430@b.cd",
                "a@[127.0.0.1]",
                "a@127.0.0.1",
                "\"a b\"@c.de",
                ".a@b.cd",
                "a..b@c.de",
                "a@-b.cd"
            })
    void whatIsNoAddressOrWouldBreakAMailIsRefused(String given) {
        assertThatThrownBy(() -> EmailAddress.of("email", given)).isInstanceOf(Refused.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {65, 1_000, 1_000_000})
    void longOnesAreRefused(int length) {
        assertThatThrownBy(() -> EmailAddress.of("email", "a".repeat(length) + "@example.com"))
                .isInstanceOf(Refused.class);
        assertThatThrownBy(() -> EmailAddress.of("email", "a@" + "b.".repeat(length * 2) + "com"))
                .isInstanceOf(Refused.class);
    }
}
