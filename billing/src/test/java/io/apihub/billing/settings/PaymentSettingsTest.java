package io.apihub.billing.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PaymentSettingsTest {

    @TempDir private Path folder;

    private final Map<String, String> file =
            new LinkedHashMap<>(
                    Map.of(
                            "public-url", "https://hub.example.com",
                            "provider.main.url", "https://pay.example.com",
                            "provider.main.pid", "1001",
                            "provider.main.sign-type", "MD5",
                            "provider.main.key-file", "key",
                            "provider.main.types", "alipay, wxpay"));

    private final Map<String, String> variables = new HashMap<>(Map.of("EPAY_KEY", "secret"));

    @BeforeEach
    void key() throws IOException {
        Files.writeString(folder.resolve("key"), "geheim\n");
    }

    private Payments read() {
        var config = folder.resolve("payments.properties");
        try {
            Files.writeString(
                    config,
                    file.entrySet().stream()
                            .map(entry -> entry.getKey() + "=" + entry.getValue())
                            .collect(Collectors.joining("\n")));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        variables.put("APIHUB_PAYMENT_CONFIG", config.toString());
        return PaymentSettings.read(new Variables(variables), "CNY", null);
    }

    @Test
    void withoutAFileNobodyCanPay() {
        assertThat(PaymentSettings.read(new Variables(Map.of()), "CNY", null).providers())
                .isEmpty();
    }

    @Test
    void aProviderIsReadWithItsDefaults() {
        var provider = read().provider("main").orElseThrow();

        assertThat(provider.url()).isEqualTo(URI.create("https://pay.example.com/"));
        assertThat(provider.types()).containsExactly("alipay", "wxpay");
        assertThat(provider.terms().currency()).isEqualTo("CNY");
        assertThat(provider.terms().rate()).isEqualByComparingTo("1");
        assertThat(provider.signing())
                .isEqualTo(new Payments.Signing.Md5(new Payments.MerchantKey("geheim")));
        assertThat(provider.toString()).doesNotContain("geheim");
    }

    @Test
    void aKeyMayBeInAVariable() {
        file.remove("provider.main.key-file");
        file.put("provider.main.key-variable", "EPAY_KEY");

        assertThat(read().providers().getFirst().signing())
                .isEqualTo(new Payments.Signing.Md5(new Payments.MerchantKey("secret")));
    }

    /** With an empty key anybody could sign. */
    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n", "\t\r\n"})
    void anEmptyKeyIsRefused(String key) throws IOException {
        Files.writeString(folder.resolve("key"), key);
        assertRefused("provider.main.key-file");
        file.remove("provider.main.key-file");

        for (var variable : new String[] {"EPAY_NOBODY", "EPAY_EMPTY"}) {
            file.put("provider.main.key-variable", variable);
            variables.put("EPAY_EMPTY", key);
            assertRefused("provider.main.key-variable");
        }
    }

    @Test
    void optionsHaveTheirBonus() {
        file.put("top-up.options", "10, 50+2.50");
        file.put("top-up.free-amounts", "false");
        var topUps = read().topUps();

        assertThat(topUps.options()).hasSize(2);
        assertThat(topUps.options().getLast().bonus().toDecimal()).isEqualTo("2.5");
        assertThat(topUps.freeAmounts()).isFalse();
    }

    @Test
    void rsaNeedsBothKeys() throws GeneralSecurityException, IOException {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        var keys = generator.generateKeyPair();
        Files.writeString(
                folder.resolve("own"),
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder().encodeToString(keys.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        Files.writeString(
                folder.resolve("platform"),
                Base64.getEncoder().encodeToString(keys.getPublic().getEncoded()));
        file.remove("provider.main.key-file");
        file.put("provider.main.sign-type", "RSA");
        file.put("provider.main.private-key-file", "own");
        assertRefused("provider.main.platform-public-key-file");
        file.put("provider.main.platform-public-key-file", "platform");

        assertThat(read().providers().getFirst().signing())
                .isEqualTo(new Payments.Signing.Rsa(keys.getPrivate(), keys.getPublic()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "provider.main.url",
                "provider.main.pid",
                "provider.main.sign-type",
                "provider.main.key-file",
                "provider.main.types",
                "public-url"
            })
    void whatIsMissingIsNamed(String setting) {
        file.remove(setting);

        assertRefused(setting);
    }

    @Test
    void aNotifyUrlThatPlatformsWouldCutIsRefused() {
        file.put("public-url", "https://hub.example.com/" + "a".repeat(207));
        assertThat(read().notifyUrl("main").toString()).hasSize(255);

        file.put("public-url", "https://hub.example.com/" + "a".repeat(208));

        assertRefused("public-url");
    }

    @ParameterizedTest
    @CsvSource({
        "provider.main.url, http://pay.example.com",
        "provider.main.url, https://user@pay.example.com",
        "provider.main.url, ftp://127.0.0.1",
        "provider.main.sign-type, SHA1",
        "provider.main.key-file, nowhere",
        "provider.main.types, Ali Pay",
        "provider.main.maximum, 0.5",
        "provider.main.minimum, 1.001",
        "provider.main.fee-percent, 51",
        "provider.main.rate, 1e2",
        "provider.main.rate, 0",
        "provider.main.typo, 1",
        "top-up.options, 10++1",
        "top-up.free-amounts, yes",
        "order.lifetime-minutes, 0",
        "order.most-pending, 0",
        "order.most-pending, 1e3"
    })
    void whatIsWrongIsNamed(String setting, String value) {
        file.put(setting, value);

        assertRefused(setting);
    }

    @Test
    void anotherCurrencyNeedsARate() {
        file.put("provider.main.currency", "USD");

        assertRefused("provider.main.rate");
    }

    @Test
    void thisMachineNeedsNoHttps() {
        file.put("provider.main.url", "http://127.0.0.1:8099/epay");

        assertThat(read().providers().getFirst().url())
                .isEqualTo(URI.create("http://127.0.0.1:8099/epay/"));
    }

    private void assertRefused(String setting) {
        assertThatThrownBy(this::read)
                .isInstanceOf(InvalidSetting.class)
                .hasMessageContaining(setting)
                .hasMessageNotContaining("geheim");
    }
}
