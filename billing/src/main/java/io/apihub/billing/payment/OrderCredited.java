package io.apihub.billing.payment;

import io.apihub.model.money.Credits;
import java.util.UUID;

/**
 * An order was credited, in the transaction that this is published in.
 *
 * @param bonus what came on top of the credit
 */
public record OrderCredited(UUID order, UUID tenant, Credits credit, Credits bonus) {}
