package io.apihub.billing.payment.epay;

import io.apihub.billing.settings.Payments.PayProvider;
import io.apihub.billing.settings.Payments.Signing;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Version 2: /api/pay/..., RSA in both directions; a reply that is not signed is none. */
public final class EpayV2 implements EpayClient {

    private static final int OK = 0;

    private final PayProvider provider;
    private final EpaySignature signature;
    private final Wire wire;
    private final InstantSource clock;

    /** For a provider that signs with {@code signing}, its own; {@code timeout} is of each call. */
    EpayV2(
            PayProvider provider,
            Signing.Rsa signing,
            HttpClient http,
            Duration timeout,
            InstantSource clock) {
        this.provider = provider;
        this.signature = new EpaySignature(signing);
        this.wire = new Wire(http, timeout);
        this.clock = clock;
    }

    @Override
    public URI page(Charge charge) {
        return URI.create(
                provider.url()
                        + "api/pay/submit?"
                        + Wire.form(signature.signed(timed(fields(charge)))));
    }

    private Map<String, String> fields(Charge charge) {
        var fields = new LinkedHashMap<String, String>();
        fields.put("type", charge.type());
        fields.put("out_trade_no", charge.outTradeNo());
        fields.put("notify_url", charge.notifyUrl().toString());
        fields.put("return_url", charge.returnUrl().toString());
        fields.put("name", charge.name());
        fields.put("money", EpayAmount.text(charge.amount()));
        return fields;
    }

    private Map<String, String> timed(Map<String, String> fields) {
        var timed = new LinkedHashMap<String, String>();
        timed.put("pid", provider.pid());
        timed.putAll(fields);
        timed.put("timestamp", String.valueOf(clock.instant().getEpochSecond()));
        return timed;
    }

    private Told<Reply> ask(String path, Map<String, String> fields) {
        return wire.post(URI.create(provider.url() + path), signature.signed(timed(fields)))
                .then(this::checked);
    }

    private Told<Reply> checked(JsonNode json) {
        var reply = new Reply(json);
        if (reply.code() != OK) {
            // Some versions do not sign what they refuse, and nothing is done about it anyway.
            return new Told.No<>(reply.code(), reply.message());
        }
        return signature.verifies(reply.fields())
                ? new Told.Yes<>(reply)
                : new Told.Unknown<>("the reply is not signed by the platform");
    }

    @Override
    public Told<PayCode> create(Charge charge, String payerAddress) {
        var fields = fields(charge);
        fields.put("method", "web");
        fields.put("device", "pc");
        fields.put("clientip", payerAddress);
        return ask("api/pay/create", fields).then(EpayV2::code);
    }

    private static Told<PayCode> code(Reply reply) {
        var content = reply.text("pay_info");
        var tradeNo = reply.text("trade_no");
        return switch (reply.text("pay_type")) {
            case "qrcode" -> new Told.Yes<>(new PayCode(tradeNo, PayCode.Kind.QR_CODE, content));
            case "jump" -> new Told.Yes<>(new PayCode(tradeNo, PayCode.Kind.URL, content));
            case "urlscheme" ->
                    new Told.Yes<>(new PayCode(tradeNo, PayCode.Kind.URL_SCHEME, content));
            default -> new Told.Unknown<>("pay_type " + reply.text("pay_type"));
        };
    }

    @Override
    public Told<PlatformOrder> query(Ref order) {
        return ask("api/pay/query", Map.of(order.field(), order.number())).then(Reply::told);
    }

    @Override
    public Told<Told.Page> paid(int pages, int rows) {
        var fields =
                Map.of(
                        "offset",
                        String.valueOf(rows),
                        "limit",
                        String.valueOf(PAGE),
                        "status",
                        "1");
        return ask("api/merchant/orders", fields).then(reply -> new Told.Yes<>(reply.page()));
    }

    @Override
    public Told<String> refund(Ref order, GiveBack back) {
        var fields =
                Map.of(
                        order.field(),
                        order.number(),
                        "money",
                        EpayAmount.text(back.amount()),
                        "out_refund_no",
                        back.number());
        return ask("api/pay/refund", fields).then(reply -> new Told.Yes<>(reply.message()));
    }

    /** By its number first, and by the order where the refund has no record of its own. */
    @Override
    public Told<GiveBack.Standing> refunded(Ref order, GiveBack back) {
        Told<GiveBack.Standing> byNumber =
                ask("api/pay/refundquery", Map.of("out_refund_no", back.number()))
                        .then(reply ->
                                new Told.Yes<>(
                                        reply.number("status", 0) == 1
                                                ? GiveBack.Standing.DONE
                                                : GiveBack.Standing.NOT_DONE));
        return byNumber instanceof Told.No<GiveBack.Standing> no && no.isAbsent()
                ? query(order).then(found -> new Told.Yes<>(unrecorded(found, back)))
                : byNumber;
    }

    private static GiveBack.Standing unrecorded(PlatformOrder found, GiveBack back) {
        return found.standing(back) == GiveBack.Standing.DONE
                ? GiveBack.Standing.DONE
                : GiveBack.Standing.NOT_DONE;
    }

    @Override
    public boolean knowsRefundsByNumber() {
        return true;
    }
}
