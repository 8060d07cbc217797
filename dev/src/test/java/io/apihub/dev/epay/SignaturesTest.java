package io.apihub.dev.epay;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The simulator signs and writes as a real server did, of which the vectors were recorded. */
class SignaturesTest {

    private static final String KEY = "MERCHANTKEY000000000000000000001";

    @ParameterizedTest
    @CsvSource({
        "1, ORD-1, , 2026112305454988746, b6aa28f96dbe028ded7b1e5df7d4ae86",
        "0.01, ORD-3, uid=42&amp;x, 2026112305454949055, 23aef6900265000301624d54cd536a60"
    })
    void itSignsAsTheRealOneDid(
            String money, String outTradeNo, String param, String tradeNo, String sign) {
        var fields =
                Map.of(
                        "money", money,
                        "name", "product",
                        "out_trade_no", outTradeNo,
                        "param", param == null ? "" : param,
                        "pid", "1001",
                        "trade_no", tradeNo,
                        "trade_status", "TRADE_SUCCESS",
                        "type", "alipay",
                        "sign_type", "MD5");

        assertThat(Signatures.md5(fields, KEY)).isEqualTo(sign);
    }

    @Test
    void itSignsAsACommonClientDoes() {
        assertThat(Signatures.md5(Map.of("device", "devicev", "money", "moneyv"), "1234567"))
                .isEqualTo("3854cc9f022e0fb821bd2e002260245d");
    }

    @ParameterizedTest
    @CsvSource({"1.00,1", "10.50,10.5", "0.01,0.01", "100,100", "1.01,1.01"})
    void itWritesAmountsAsFloats(BigDecimal amount, String text) {
        assertThat(Teller.php(amount)).isEqualTo(text);
    }
}
