package io.apihub.billing.notice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.billing.problem.Refused;
import io.apihub.billing.settings.Network;
import io.apihub.billing.settings.Webhooks;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which URLs and addresses webhooks may have. */
class WebhookUrlTest {

    private static final Webhooks OWN = new Webhooks(List.of(Network.parse("10.0.0.0/8")));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://hooks.example.com",
                "https://hooks.example.com:8443/a/b?c=%20d",
                "https://8.8.8.8/x",
                "https://[2606:4700::1111]/x"
            })
    void whatIsPublicIsTaken(String url) {
        assertThat(WebhookUrl.of(url, Webhooks.PUBLIC)).hasToString(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hooks.example.com",
                "http://hooks.example.com/",
                "ftp://hooks.example.com/",
                "https:///x",
                "https://user:password@hooks.example.com/",
                "https://hooks.example.com/#x",
                "https://hooks.example.com:0/",
                "https://hooks.example.com:65536/",
                "https://hooks.example.com/ x",
                "https://hooks.example.com/\r\nHost: x",
                "https://例え.jp/",
                "https://127.0.0.1/",
                "https://[::1]/",
                "https://169.254.169.254/latest/meta-data",
                "https://10.1.2.3/",
                "https://[fd00::1]/",
                "https://[::ffff:127.0.0.1]/"
            })
    void whatIsNotIsRefused(String url) {
        assertThatThrownBy(() -> WebhookUrl.of(url, Webhooks.PUBLIC)).isInstanceOf(Refused.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://10.1.2.3/", "http://10.1.2.3/", "http://inside.example/"})
    void whatTheInstallationAllowsIsTaken(String url) {
        assertThat(WebhookUrl.of(url, OWN)).hasToString(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "10.0.0.1",
                "100.64.0.1",
                "127.0.0.1",
                "127.255.255.255",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.8",
                "192.168.1.1",
                "198.18.0.1",
                "203.0.113.9",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::ffff:10.0.0.1",
                "64:ff9b::a00:1",
                "fe80::1",
                "fc00::1",
                "fdff::1",
                "ff02::1",
                "2001::1",
                "2001:db8::1",
                "2002:7f00:1::"
            })
    void noSpecialAddressIsPublic(String address) {
        assertThat(PublicAddress.is(Network.address(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1.1.1.1", "172.15.0.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111"})
    void othersAre(String address) {
        assertThat(PublicAddress.is(Network.address(address))).isTrue();
    }
}
