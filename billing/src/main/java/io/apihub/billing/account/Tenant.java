package io.apihub.billing.account;

import io.apihub.model.money.Credits;
import java.util.UUID;

/**
 * A tenant as the registry has it.
 *
 * @param id what ledger and usage refer to; outlives the resource
 * @param namespace where its ApiKeys and Quotas are
 * @param mode Prepaid, Postpaid or Unmetered
 * @param deleted the resource is gone; ledger and usage stay
 */
public record Tenant(
        UUID id,
        String name,
        String namespace,
        String mode,
        Credits creditLimit,
        boolean deleted) {}
