package io.apihub.dev.epay;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/** What the platform answers to the merchant's questions. */
final class Replies {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FROZEN = 3;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.of("Asia/Shanghai"));

    private final Merchant merchant;
    private final Set<Trap> traps;
    private final InstantSource clock;
    private final LaterKeyPair wrong = new LaterKeyPair();

    Replies(Merchant merchant, Set<Trap> traps, InstantSource clock) {
        this.merchant = merchant;
        this.traps = traps;
        this.clock = clock;
    }

    static ObjectNode object(int code, String message) {
        return JSON.createObjectNode().put("code", code).put("msg", message);
    }

    ObjectNode order(ObjectNode reply, PlatformOrder order) {
        var request = order.request();
        reply.put("trade_no", order.tradeNo())
                .put("out_trade_no", request.outTradeNo())
                .put("type", request.type())
                .put("pid", merchant.pid())
                .put("addtime", TIME.format(order.at()))
                .put("endtime", order.status() == 0 ? "" : TIME.format(order.at()))
                .put("name", request.name())
                .put("money", order.paid().setScale(2).toPlainString())
                .put("status", order.status());
        if (traps.contains(Trap.WAITING_IS_PAID)) {
            reply.put("status", 1).put("trade_status", "WAITING");
        }
        if (traps.contains(Trap.FROZEN) && order.status() == 1) {
            reply.put("status", FROZEN);
        }
        return reply;
    }

    static ObjectNode withReturned(ObjectNode reply, PlatformOrder order) {
        return reply.put("refundmoney", order.returned().setScale(2).toPlainString());
    }

    ObjectNode orders(ObjectNode reply, List<PlatformOrder> orders) {
        var data = reply.putArray("data");
        orders.forEach(order -> order(data.addObject(), order));
        return reply;
    }

    /** A reply of version 2. */
    ObjectNode signed(ObjectNode reply) {
        reply.put("timestamp", String.valueOf(clock.instant().getEpochSecond()));
        var fields = new LinkedHashMap<String, String>();
        for (var field : reply.properties()) {
            if (field.getValue().isValueNode()) {
                fields.put(field.getKey(), field.getValue().asText());
            }
        }
        var pair = traps.contains(Trap.FORGED_REPLIES) ? wrong.get() : merchant.platform();
        return reply.put("sign", Signatures.rsa(fields, pair.getPrivate())).put("sign_type", "RSA");
    }
}
