package io.apihub.billing.payment.rest;

import io.apihub.billing.payment.PaymentOrder;
import io.apihub.billing.rest.Pages;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Orders, newest first. */
record OrderPage(List<OrderView> items, @Nullable String nextCursor) {

    static OrderPage of(List<PaymentOrder> orders, int limit) {
        return new OrderPage(
                orders.stream().map(order -> OrderView.of(order, null)).toList(),
                orders.size() < limit ? null : Pages.cursor(orders.getLast().seq()));
    }
}
