package io.apihub.dev.epay;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The platform's orders, in memory. */
final class PlatformBooks {

    private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");
    private static final DateTimeFormatter NUMBER = DateTimeFormatter.ofPattern("yyyyMMddHHmmss");

    private final Map<String, PlatformOrder> orders = new LinkedHashMap<>();
    private final Map<String, String> byMerchant = new LinkedHashMap<>();
    private final InstantSource clock;
    private int last = 10_000;

    PlatformBooks(InstantSource clock) {
        this.clock = clock;
    }

    /** 19 digits, like the real ones. */
    private String number() {
        last++;
        return NUMBER.format(LocalDateTime.ofInstant(clock.instant(), SHANGHAI))
                + "%05d".formatted(last % 100_000);
    }

    /**
     * Makes an order, or finds the one that was made with the same parameters.
     *
     * @param anew a number that is known makes another order; asked for by the number, the platform
     *     goes on finding the first one
     * @throws Refusal if it has other parameters, or is paid
     */
    synchronized PlatformOrder open(int version, PlatformOrder.Request request, boolean anew) {
        var known = byMerchant.get(request.outTradeNo());
        if (known == null || anew) {
            var order = PlatformOrder.unpaid(number(), version, request, clock.instant());
            orders.put(order.tradeNo(), order);
            byMerchant.putIfAbsent(request.outTradeNo(), order.tradeNo());
            return order;
        }
        var order = get(known);
        if (order.status() != 0) {
            throw new Refusal(-1, "已完成支付");
        }
        if (!order.request().equals(request)) {
            throw new Refusal(-1, "支付参数有变化");
        }
        return order;
    }

    private PlatformOrder get(String tradeNo) {
        var order = orders.get(tradeNo);
        if (order == null) {
            throw new Refusal(-1, "订单号不存在");
        }
        return order;
    }

    synchronized Optional<PlatformOrder> find(String tradeNo) {
        return Optional.ofNullable(orders.get(tradeNo));
    }

    /**
     * Finds by either number; the platform's own wins.
     *
     * @throws Refusal if there is none
     */
    synchronized PlatformOrder find(Map<String, String> fields) {
        var tradeNo = fields.getOrDefault("trade_no", "");
        return get(
                tradeNo.isEmpty()
                        ? byMerchant.getOrDefault(fields.getOrDefault("out_trade_no", ""), "")
                        : tradeNo);
    }

    /** The payer pays; a second time only with {@code again}, which makes another order. */
    synchronized PlatformOrder pay(String tradeNo, BigDecimal amount, boolean again) {
        var order = get(tradeNo);
        if (order.status() != 0 && !again) {
            return order;
        }
        var paid = order.paid(order.status() == 0 ? tradeNo : number(), amount, clock.instant());
        orders.put(paid.tradeNo(), paid);
        return paid;
    }

    /** Gives money back: of one number once, and never more than was paid. */
    synchronized PlatformOrder refund(PlatformOrder order, PlatformOrder.Return part) {
        var now = get(order.tradeNo());
        if (now.hasReturn(part.number())) {
            return now;
        }
        if (now.status() == 0) {
            throw new Refusal(-1, "订单状态不支持退款");
        }
        if (now.returned().add(part.amount()).compareTo(now.paid()) > 0) {
            throw new Refusal(-1, "退款金额超过可退金额");
        }
        var refunded = now.refunded(part);
        orders.put(refunded.tradeNo(), refunded);
        return refunded;
    }

    synchronized Optional<PlatformOrder> byRefund(String refundNo) {
        return orders.values().stream().filter(order -> order.hasReturn(refundNo)).findFirst();
    }

    /** As if it had been paid then. */
    synchronized void backdate(String tradeNo, Instant at) {
        orders.put(tradeNo, get(tradeNo).since(at));
    }

    synchronized void forgetAll() {
        orders.clear();
        byMerchant.clear();
    }

    /** As if it had never been there. */
    synchronized void forget(String tradeNo) {
        orders.remove(tradeNo);
        byMerchant.values().remove(tradeNo);
    }

    /** Newest first. */
    synchronized List<PlatformOrder> all() {
        var all = new ArrayList<>(orders.values());
        all.sort(Comparator.comparing(PlatformOrder::tradeNo).reversed());
        return List.copyOf(all);
    }
}
