package io.apihub.billing.payment.epay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a platform says when it does not say yes. */
class ToldTest {

    @ParameterizedTest
    @CsvSource({
        "-1,订单号不存在",
        "-1,该订单不存在！",
        "-1,退款记录不存在",
        "-1,Order does not exist",
        "-1,trade not exist"
    })
    void itKnowsOfNoSuchOrderOrRefund(int code, String message) {
        assertThat(new Told.No<>(code, message).isAbsent()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "-3,商户不存在",
        "-1,商户不存在",
        "-1,订单商户不存在",
        "-1,支付通道不存在",
        "-3,订单号不存在",
        "-1,merchant does not exist",
        "-1,the order's merchant does not exist",
        "-1,系统维护中",
        "-5,No Act!"
    })
    void nothingElseIsTakenForIt(int code, String message) {
        assertThat(new Told.No<>(code, message).isAbsent()).isFalse();
    }
}
