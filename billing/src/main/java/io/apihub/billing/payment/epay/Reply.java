package io.apihub.billing.payment.epay;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Reads the fields of a reply, which may be texts or numbers. */
record Reply(JsonNode json) {

    private static final int MAX_MESSAGE = 200;
    private static final int NO_CODE = Integer.MIN_VALUE;

    int code() {
        return number("code", NO_CODE);
    }

    String message() {
        var message = text("msg");
        return message.length() > MAX_MESSAGE ? message.substring(0, MAX_MESSAGE) : message;
    }

    int number(String field, int otherwise) {
        var text = text(field);
        return text.matches("-?[0-9]{1,9}") ? Integer.parseInt(text) : otherwise;
    }

    String text(String field) {
        return text(json.path(field));
    }

    private static String text(JsonNode value) {
        if (value.isNumber()) {
            var number = value.decimalValue().stripTrailingZeros();
            return number.scale() < 0 ? number.setScale(0).toPlainString() : number.toPlainString();
        }
        return value.isString() ? value.stringValue() : "";
    }

    /** What a signature is over: everything but what is nested. */
    Map<String, String> fields() {
        var fields = new LinkedHashMap<String, String>();
        for (var name : json.propertyNames()) {
            fields.put(name, text(name));
        }
        return fields;
    }

    /** The order in the reply to a question for it. */
    Told<PlatformOrder> told() {
        return order().<Told<PlatformOrder>>map(Told.Yes::new)
                .orElseGet(() -> new Told.Unknown<>("no order in the reply"));
    }

    /** What is asked for is not always what comes: those that are not paid are left out. */
    Told.Page page() {
        var paid = new ArrayList<PlatformOrder>();
        var rows = new ArrayList<String>();
        for (var entry : json.path("data")) {
            var row = new Reply(entry);
            row.order().filter(PlatformOrder::isPaid).ifPresent(paid::add);
            var number = row.text("trade_no");
            rows.add(number.isEmpty() ? entry.toString() : number);
        }
        return new Told.Page(paid, rows);
    }

    /** Empty if it is no order that can be understood. */
    Optional<PlatformOrder> order() {
        var money = EpayAmount.parse(text("money"));
        int status = number("status", NO_CODE);
        if (money.isEmpty() || status == NO_CODE || text("out_trade_no").isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new PlatformOrder(
                        text("trade_no"),
                        text("out_trade_no"),
                        money.get(),
                        status,
                        text("trade_status"),
                        json.has("refundmoney")
                                ? EpayAmount.parse(text("refundmoney")).orElse(BigDecimal.ZERO)
                                : null,
                        text("endtime")));
    }
}
