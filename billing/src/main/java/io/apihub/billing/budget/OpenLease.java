package io.apihub.billing.budget;

/**
 * A lease at one instant, locked.
 *
 * @param openMicros granted and neither spent nor returned
 */
public record OpenLease(long id, long accountId, long openMicros) {}
