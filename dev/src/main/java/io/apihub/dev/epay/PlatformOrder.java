package io.apihub.dev.epay;

import java.math.BigDecimal;
import java.net.URI;

/**
 * An order at the platform.
 *
 * @param version 1 or 2: how the merchant is told
 * @param status 0 unpaid, 1 paid, 2 refunded
 * @param paid what the payer paid
 */
public record PlatformOrder(
        String tradeNo,
        int version,
        Request request,
        int status,
        BigDecimal paid,
        String refundNo) {

    /** What the merchant asked for. */
    public record Request(
            String outTradeNo,
            String type,
            String name,
            BigDecimal money,
            URI notifyUrl,
            URI returnUrl) {}

    static PlatformOrder unpaid(String tradeNo, int version, Request request) {
        return new PlatformOrder(tradeNo, version, request, 0, request.money(), "");
    }

    PlatformOrder paid(String number, BigDecimal amount) {
        return new PlatformOrder(number, version, request, 1, amount, "");
    }

    PlatformOrder refunded(String number) {
        return new PlatformOrder(tradeNo, version, request, 2, paid, number);
    }
}
