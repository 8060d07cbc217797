package io.apihub.billing.payment.epay;

import io.apihub.billing.settings.Payments.PayProvider;
import io.apihub.billing.settings.Payments.Signing;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Version 1: submit.php, mapi.php, api.php; MD5; the key travels in questions. */
public final class EpayV1 implements EpayClient {

    private static final int OK = 1;

    private final PayProvider provider;
    private final String key;
    private final EpaySignature signature;
    private final Wire wire;

    /** For a provider that signs with {@code signing}, its own; {@code timeout} is of each call. */
    EpayV1(PayProvider provider, Signing.Md5 signing, HttpClient http, Duration timeout) {
        this.provider = provider;
        this.key = signing.key().reveal();
        this.signature = new EpaySignature(signing);
        this.wire = new Wire(http, timeout);
    }

    @Override
    public URI page(Charge charge) {
        return URI.create(
                provider.url() + "submit.php?" + Wire.form(signature.signed(fields(charge))));
    }

    private Map<String, String> fields(Charge charge) {
        var fields = new LinkedHashMap<String, String>();
        fields.put("pid", provider.pid());
        fields.put("type", charge.type());
        fields.put("out_trade_no", charge.outTradeNo());
        fields.put("notify_url", charge.notifyUrl().toString());
        fields.put("return_url", charge.returnUrl().toString());
        fields.put("name", charge.name());
        fields.put("money", EpayAmount.text(charge.amount()));
        return fields;
    }

    @Override
    public Told<PayCode> create(Charge charge, String payerAddress) {
        var fields = fields(charge);
        fields.put("clientip", payerAddress);
        fields.put("device", "pc");
        return wire.post(provider.url().resolve("mapi.php"), signature.signed(fields))
                .then(json -> code(new Reply(json)));
    }

    private static Told<PayCode> code(Reply reply) {
        if (reply.code() != OK) {
            return new Told.No<>(reply.code(), reply.message());
        }
        var names =
                Map.of(
                        "qrcode", PayCode.Kind.QR_CODE,
                        "payurl", PayCode.Kind.URL,
                        "urlscheme", PayCode.Kind.URL_SCHEME);
        for (var name : names.entrySet()) {
            var content = reply.text(name.getKey());
            if (!content.isEmpty()) {
                return new Told.Yes<>(
                        new PayCode(reply.text("trade_no"), name.getValue(), content));
            }
        }
        return new Told.Unknown<>("neither qrcode nor payurl nor urlscheme");
    }

    /** The act belongs in the URL: in the body it is not seen. */
    private URI api(Map<String, String> more) {
        var fields = new LinkedHashMap<String, String>();
        fields.put("act", more.getOrDefault("act", ""));
        fields.put("pid", provider.pid());
        fields.put("key", key);
        fields.putAll(more);
        return URI.create(provider.url() + "api.php?" + Wire.form(fields));
    }

    @Override
    public Told<PlatformOrder> query(Ref order) {
        return wire.get(api(Map.of("act", "order", order.field(), order.number())))
                .then(json -> order(new Reply(json)));
    }

    private static Told<PlatformOrder> order(Reply reply) {
        if (reply.code() != OK) {
            return new Told.No<>(reply.code(), reply.message());
        }
        return reply.told();
    }

    @Override
    public Told<Told.Page> paid(int pages, int rows) {
        var question =
                api(
                        Map.of(
                                "act",
                                "orders",
                                "status",
                                "1",
                                "limit",
                                String.valueOf(PAGE),
                                "page",
                                String.valueOf(pages + 1)));
        return wire.get(question)
                .then(json -> {
                    var reply = new Reply(json);
                    return reply.code() == OK
                            ? new Told.Yes<>(reply.page())
                            : new Told.No<>(reply.code(), reply.message());
                });
    }

    @Override
    public Told<String> refund(Ref order, GiveBack back) {
        var fields = new LinkedHashMap<String, String>();
        fields.put("pid", provider.pid());
        fields.put("key", key);
        fields.put(order.field(), order.number());
        fields.put("money", EpayAmount.text(back.amount()));
        // 0 or 1 is "done", by version: so neither is taken for it.
        return wire.post(URI.create(provider.url() + "api.php?act=refund"), fields)
                .then(json -> {
                    var reply = new Reply(json);
                    return reply.code() == OK || reply.code() == 0
                            ? new Told.Yes<>(reply.message())
                            : new Told.No<>(reply.code(), reply.message());
                });
    }

    @Override
    public Told<GiveBack.Standing> refunded(Ref order, GiveBack back) {
        return query(order).then(found -> new Told.Yes<>(found.standing(back)));
    }

    @Override
    public boolean knowsRefundsByNumber() {
        return false;
    }
}
