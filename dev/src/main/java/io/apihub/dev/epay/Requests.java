package io.apihub.dev.epay;

import java.math.BigDecimal;
import java.net.URI;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Reads what a merchant asks for, and refuses it in the words of the real servers. */
final class Requests {

    private static final long MOST_SKEW_SECONDS = 300;

    private final Merchant merchant;
    private final InstantSource clock;
    private final UnaryOperator<URI> merchantUrl;

    /** Notices go where {@code merchantUrl} says. */
    Requests(Merchant merchant, InstantSource clock, UnaryOperator<URI> merchantUrl) {
        this.merchant = merchant;
        this.clock = clock;
        this.merchantUrl = merchantUrl;
    }

    void checkKey(Map<String, String> fields) {
        if (!merchant.pid().equals(fields.get("pid"))
                || !merchant.key().equals(fields.get("key"))) {
            throw new Refusal(-3, "商户ID或密钥错误");
        }
    }

    void checkMd5(Map<String, String> fields) {
        checkPid(fields);
        if (!Signatures.md5(fields, merchant.key()).equals(fields.get("sign"))) {
            throw new Refusal(-3, "MD5签名校验失败");
        }
    }

    void checkRsa(Map<String, String> fields) {
        checkPid(fields);
        var timestamp = fields.getOrDefault("timestamp", "");
        if (!timestamp.matches("[0-9]{10}")
                || Math.abs(Long.parseLong(timestamp) - clock.instant().getEpochSecond())
                        > MOST_SKEW_SECONDS) {
            throw new Refusal(-3, "时间戳错误");
        }
        if (!Signatures.isRsa(fields, merchant.own().getPublic())) {
            throw new Refusal(-3, "RSA签名校验失败");
        }
    }

    private void checkPid(Map<String, String> fields) {
        if (!merchant.pid().equals(fields.get("pid"))) {
            throw new Refusal(-3, "商户不存在");
        }
    }

    PlatformOrder.Request order(Map<String, String> fields) {
        var number = required(fields, "out_trade_no");
        var money = money(required(fields, "money"));
        if (!number.matches("[a-zA-Z0-9._|-]{1,150}")) {
            throw new Refusal(-1, "订单号格式错误");
        }
        return new PlatformOrder.Request(
                number,
                fields.getOrDefault("type", ""),
                required(fields, "name"),
                money,
                merchantUrl.apply(URI.create(required(fields, "notify_url"))),
                URI.create(required(fields, "return_url")));
    }

    PlatformOrder.Return refund(Map<String, String> fields) {
        return new PlatformOrder.Return(
                fields.getOrDefault("out_refund_no", ""), money(required(fields, "money")));
    }

    private static BigDecimal money(String text) {
        if (!text.matches("[0-9]+(\\.[0-9]{1,2})?") || new BigDecimal(text).signum() == 0) {
            throw new Refusal(-1, "金额不合法");
        }
        return new BigDecimal(text);
    }

    private static String required(Map<String, String> fields, String name) {
        var value = fields.getOrDefault(name, "");
        if (value.isBlank()) {
            throw new Refusal(-4, name + "不能为空");
        }
        return value;
    }
}
