package io.apihub.billing.ledger;

/**
 * A posted transaction.
 *
 * @param fresh false: the reference was posted before, nothing moved now
 */
public record Posted(long transactionId, String reference, boolean fresh) {}
