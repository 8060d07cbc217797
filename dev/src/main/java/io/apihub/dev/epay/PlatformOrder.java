package io.apihub.dev.epay;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * An order at the platform.
 *
 * @param version 1 or 2: how the merchant is told
 * @param status 0 unpaid, 1 paid, 2 refunded
 * @param paid what the payer paid
 * @param at when it was made, or paid if it is
 */
public record PlatformOrder(
        String tradeNo,
        int version,
        Request request,
        int status,
        BigDecimal paid,
        List<Return> returns,
        Instant at) {

    public PlatformOrder {
        returns = List.copyOf(returns);
    }

    /** Money that the payer has again; of version 1, without a number. */
    public record Return(String number, BigDecimal amount) {}

    /** What the merchant asked for. */
    public record Request(
            String outTradeNo,
            String type,
            String name,
            BigDecimal money,
            URI notifyUrl,
            URI returnUrl) {}

    static PlatformOrder unpaid(String tradeNo, int version, Request request, Instant at) {
        return new PlatformOrder(tradeNo, version, request, 0, request.money(), List.of(), at);
    }

    PlatformOrder paid(String number, BigDecimal amount, Instant when) {
        return new PlatformOrder(number, version, request, 1, amount, List.of(), when);
    }

    /** Refunded as soon as any part of it is. */
    PlatformOrder refunded(Return part) {
        var all = new ArrayList<>(returns);
        all.add(part);
        return new PlatformOrder(tradeNo, version, request, 2, paid, all, at);
    }

    PlatformOrder since(Instant when) {
        return new PlatformOrder(tradeNo, version, request, status, paid, returns, when);
    }

    /** What the payer has again. */
    public BigDecimal returned() {
        return returns.stream().map(Return::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    boolean hasReturn(String number) {
        return !number.isEmpty() && returns.stream().anyMatch(one -> one.number().equals(number));
    }
}
