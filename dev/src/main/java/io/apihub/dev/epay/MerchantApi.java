package io.apihub.dev.epay;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** What merchants call, of both versions. */
final class MerchantApi {

    private static final int V1_OK = 1;
    private static final int V2_OK = 0;
    private static final int MOST = 50;
    private static final int FEW = 3;

    private final Requests requests;
    private final PlatformBooks books;
    private final Replies replies;
    private final Set<Trap> traps;
    private final BooleanSupplier merchantClosed;

    /** {@code merchantClosed} tells whether the merchant may sell no more. */
    MerchantApi(
            Requests requests,
            PlatformBooks books,
            Replies replies,
            Set<Trap> traps,
            BooleanSupplier merchantClosed) {
        this.requests = requests;
        this.books = books;
        this.replies = replies;
        this.traps = traps;
        this.merchantClosed = merchantClosed;
    }

    /** An order that a browser brings. */
    PlatformOrder submit(int version, Map<String, String> fields) {
        if (version == 1) {
            requests.checkMd5(fields);
        } else {
            requests.checkRsa(fields);
        }
        if (merchantClosed.getAsBoolean()) {
            throw new Refusal(-1, "商户支付权限已关闭");
        }
        return books.open(version, requests.order(fields), traps.contains(Trap.TEN_DAYS_LATER));
    }

    ObjectNode mapi(Map<String, String> fields, URI pages) {
        var order = submit(1, fields);
        return Replies.object(V1_OK, "")
                .put("trade_no", order.tradeNo())
                .put("qrcode", pages + "/pay/" + order.tradeNo());
    }

    /** The act comes in the URL: in the body it is not seen. */
    ObjectNode api(Map<String, String> query, Map<String, String> form) {
        var act = query.getOrDefault("act", "");
        return switch (act) {
            case "order" -> {
                requests.checkKey(query);
                var found = found(query);
                var reply = replies.order(Replies.object(V1_OK, "succ"), found);
                yield traps.contains(Trap.REFUND_AMOUNT_TOLD)
                        ? Replies.withReturned(reply, found)
                        : reply;
            }
            case "orders" -> {
                requests.checkKey(query);
                int size = pageSize(query);
                yield replies.orders(
                        Replies.object(V1_OK, "succ"),
                        page((Math.max(1, number(query, "page", 1)) - 1) * size, size));
            }
            case "refund" -> {
                requests.checkKey(form);
                yield refund(form, traps.contains(Trap.REFUND_CODE_ONE) ? 1 : 0);
            }
            default -> throw new Refusal(-5, "No Act!");
        };
    }

    private PlatformOrder found(Map<String, String> fields) {
        var order = books.find(fields);
        if (order.status() == 0 && traps.contains(Trap.UNPAID_DELETED)) {
            throw new Refusal(-1, "订单号不存在");
        }
        return order;
    }

    private ObjectNode refund(Map<String, String> fields, int ok) {
        var order = books.find(fields);
        if (traps.contains(Trap.REFUND_REFUSED)) {
            throw new Refusal(-1, "余额不足");
        }
        if (!traps.contains(Trap.REFUND_FORGOTTEN)) {
            books.refund(order, requests.refund(fields));
        }
        return Replies.object(ok, "退款成功");
    }

    /** Version 2. */
    ObjectNode call(String path, Map<String, String> fields, URI pages) {
        if (path.equals("/api/pay/create")) {
            var order = submit(2, fields);
            return replies.signed(
                    Replies.object(V2_OK, "")
                            .put("trade_no", order.tradeNo())
                            .put("pay_type", "qrcode")
                            .put("pay_info", pages + "/pay/" + order.tradeNo()));
        }
        requests.checkRsa(fields);
        var ok = Replies.object(V2_OK, "");
        return replies.signed(
                switch (path) {
                    case "/api/pay/query" -> {
                        var found = found(fields);
                        yield Replies.withReturned(replies.order(ok, found), found);
                    }
                    case "/api/pay/refund" -> refund(fields, V2_OK);
                    case "/api/pay/refundquery" -> refundQuery(ok, fields);
                    case "/api/merchant/orders" ->
                            replies.orders(ok, page(number(fields, "offset", 0), pageSize(fields)));
                    default -> throw new Refusal(-5, "No Act!");
                });
    }

    private ObjectNode refundQuery(ObjectNode reply, Map<String, String> fields) {
        var order =
                books.byRefund(fields.getOrDefault("out_refund_no", ""))
                        .orElseThrow(() -> new Refusal(-1, "退款记录不存在"));
        return reply.put("trade_no", order.tradeNo()).put("status", 1);
    }

    private int pageSize(Map<String, String> fields) {
        int most = traps.contains(Trap.SHORT_PAGES) ? FEW : MOST;
        return Math.min(number(fields, "limit", most), most);
    }

    private List<PlatformOrder> page(int offset, int size) {
        return books.all().stream()
                .filter(order -> order.status() == 1 || traps.contains(Trap.STATUS_IGNORED))
                .skip(offset)
                .limit(size)
                .toList();
    }

    private static int number(Map<String, String> fields, String name, int otherwise) {
        var text = fields.getOrDefault(name, "");
        return text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : otherwise;
    }
}
