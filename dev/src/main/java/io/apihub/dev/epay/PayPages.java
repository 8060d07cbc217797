package io.apihub.dev.epay;

import java.net.URI;

/** The pages that a payer sees. */
final class PayPages {

    private PayPages() {}

    static String pay(PlatformOrder order, URI base) {
        var request = order.request();
        var url = base + "/pay/" + order.tradeNo();
        return page(
                """
                <h1>%s</h1>
                <p class="amount">¥ %s</p>
                <p>%s · %s</p>
                %s
                <form method="post" action="/pay/%s">
                  <button type="submit">确认支付 · Pay</button>
                </form>
                """
                        .formatted(
                                escaped(title(request.type())),
                                request.money().setScale(2).toPlainString(),
                                escaped(request.name()),
                                escaped(request.outTradeNo()),
                                QrCode.of(url).svg(),
                                order.tradeNo()));
    }

    private static String title(String type) {
        return switch (type) {
            case "alipay" -> "支付宝 Alipay";
            case "wxpay" -> "微信支付 WeChat Pay";
            case "" -> "收银台 Cashier";
            default -> type;
        };
    }

    static String message(String text) {
        return page("<p>" + escaped(text) + "</p>");
    }

    private static String page(String body) {
        return """
        <!doctype html><html lang="zh"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>EPay simulator</title><style>
        body { font: 16px sans-serif; max-width: 22rem; margin: 3rem auto; text-align: center }
        .amount { font-size: 2rem; margin: .5rem }
        svg { width: 12rem; height: 12rem }
        button { font: inherit; padding: .6rem 2rem; cursor: pointer }
        small { color: #555 }
        </style></head><body>
        %s
        <p><small>模拟支付平台，不会产生真实扣款 · A simulator: no money moves.</small></p>
        </body></html>
        """
                .formatted(body);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
