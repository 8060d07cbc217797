package io.apihub.billing.payment.epay;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.settings.Payments.MerchantKey;
import io.apihub.billing.settings.Payments.Signing;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The vectors were recorded from a real server. */
class EpaySignatureTest {

    private static final EpaySignature V1 = md5("MERCHANTKEY000000000000000000001");

    private static final Map<String, String> FIRST =
            Map.of(
                    "pid", "1001",
                    "trade_no", "2026112305454988746",
                    "out_trade_no", "ORD-1",
                    "type", "alipay",
                    "name", "product",
                    "money", "1",
                    "trade_status", "TRADE_SUCCESS",
                    "sign", "b6aa28f96dbe028ded7b1e5df7d4ae86",
                    "sign_type", "MD5");

    private static EpaySignature md5(String key) {
        return new EpaySignature(new Signing.Md5(new MerchantKey(key)));
    }

    @Test
    void theFirstVectorVerifies() {
        assertThat(EpaySignature.canonical(FIRST))
                .isEqualTo(
                        "money=1&name=product&out_trade_no=ORD-1&pid=1001"
                                + "&trade_no=2026112305454988746&trade_status=TRADE_SUCCESS"
                                + "&type=alipay");
        assertThat(V1.verifies(FIRST)).isTrue();
        assertThat(V1.signed(without(FIRST, "sign"))).containsEntry("sign", FIRST.get("sign"));
    }

    /** param was sent as {@code uid=42&x}, and came back escaped. */
    @Test
    void theSecondVectorVerifiesOverTheRawValues() {
        var fields =
                Map.of(
                        "pid", "1001",
                        "trade_no", "2026112305454949055",
                        "out_trade_no", "ORD-3",
                        "type", "alipay",
                        "name", "product",
                        "money", "0.01",
                        "trade_status", "TRADE_SUCCESS",
                        "param", "uid=42&amp;x",
                        "sign", "23aef6900265000301624d54cd536a60");

        assertThat(V1.verifies(fields)).isTrue();
    }

    @Test
    void theVectorOfAnotherClientVerifies() {
        var signed = md5("1234567").signed(Map.of("money", "moneyv", "device", "devicev"));

        assertThat(signed).containsEntry("sign", "3854cc9f022e0fb821bd2e002260245d");
    }

    @Test
    void everyChangeOfOneByteIsRefused() {
        for (var field : FIRST.entrySet()) {
            if (field.getKey().equals("sign_type")) {
                continue;
            }
            for (int i = 0; i < field.getValue().length(); i++) {
                var changed = new LinkedHashMap<>(FIRST);
                var text = new StringBuilder(field.getValue());
                text.setCharAt(i, (char) (text.charAt(i) ^ 1));
                changed.put(field.getKey(), text.toString());
                assertThat(V1.verifies(changed)).as("%s", changed).isFalse();
            }
            assertThat(V1.verifies(without(FIRST, field.getKey()))).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"extra", "amp;b", "api_trade_no", "Sign"})
    void aFieldThatWasNotSignedIsRefused(String name) {
        var more = new LinkedHashMap<>(FIRST);
        more.put(name, "1");

        assertThat(V1.verifies(more)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t \r\n", "\u0000"})
    void whatIsEmptyAfterTrimIsNotSigned(String value) {
        var more = new LinkedHashMap<>(FIRST);
        more.put("param", value);

        assertThat(V1.verifies(more)).isTrue();
    }

    @Test
    void theSignatureIsLowerCase() {
        var upper = new LinkedHashMap<>(FIRST);
        upper.put("sign", "B6AA28F96DBE028DED7B1E5DF7D4AE86");

        assertThat(V1.verifies(upper)).isFalse();
    }

    @Test
    void rsaIsPinnedWhateverAMessageClaims() throws GeneralSecurityException {
        var platform = keys();
        var ours = keys();
        var there = new EpaySignature(new Signing.Rsa(platform.getPrivate(), ours.getPublic()));
        var here = new EpaySignature(new Signing.Rsa(ours.getPrivate(), platform.getPublic()));
        var sent = there.signed(new TreeMap<>(without(FIRST, "sign")));

        assertThat(here.verifies(sent)).isTrue();
        assertThat(sent).containsEntry("sign_type", "RSA");
        assertThat(here.verifies(FIRST)).as("MD5 where RSA is pinned").isFalse();
        assertThat(V1.verifies(sent)).as("RSA where MD5 is pinned").isFalse();
        assertThat(there.verifies(sent)).as("another's key").isFalse();
        var changed = new LinkedHashMap<>(sent);
        changed.put("money", "2");
        assertThat(here.verifies(changed)).isFalse();
    }

    private static KeyPair keys() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }

    @Test
    void keysAreNotShown() throws GeneralSecurityException {
        var keys = keys();

        assertThat(new Signing.Md5(new MerchantKey("geheim")).toString()).doesNotContain("geheim");
        assertThat(new Signing.Rsa(keys.getPrivate(), keys.getPublic())).hasToString("Rsa[***]");
    }

    @ParameterizedTest
    @CsvSource({"1,1.00", "10.5,10.50", "0.01,0.01", "10.500000,10.5", "100,100"})
    void amountsAreComparedNotMatched(String one, String other) {
        assertThat(EpayAmount.parse(one).orElseThrow())
                .isEqualByComparingTo(EpayAmount.parse(other).orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "-1", "+1", "1e2", "1.", ".5", "１", "1,00", "NaN", " 1", "1\n", "0x1"})
    void whatIsNoAmountIsNone(String text) {
        assertThat(EpayAmount.parse(text)).isEmpty();
    }

    private static Map<String, String> without(Map<String, String> fields, String name) {
        var rest = new LinkedHashMap<>(fields);
        rest.remove(name);
        return rest;
    }
}
