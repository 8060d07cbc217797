package io.apihub.billing.payment;

import io.apihub.model.money.Credits;
import java.util.List;
import java.util.UUID;

/** Orders were credited, in the transaction that this is published in. */
public record OrdersCredited(List<Order> orders) {

    public OrdersCredited {
        orders = List.copyOf(orders);
    }

    /**
     * One of them.
     *
     * @param bonus what came on top of the credit
     */
    public record Order(UUID id, UUID tenant, Credits credit, Credits bonus) {}
}
