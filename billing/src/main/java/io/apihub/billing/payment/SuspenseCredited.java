package io.apihub.billing.payment;

import io.apihub.model.money.Credits;
import java.util.UUID;

/**
 * Money in suspense was credited, in the transaction that this is published in.
 *
 * @param id of what was in suspense
 * @param ordered the tenant that ordered
 * @param tenant who has the credit
 */
public record SuspenseCredited(long id, UUID order, UUID ordered, UUID tenant, Credits credit) {}
