package io.apihub.extauthz.credit;

/** Leases as billing describes them. */
final class LeaseMessages {

    private LeaseMessages() {}

    /**
     * A lease of ours.
     *
     * @throws IllegalArgumentException if it makes no sense
     */
    static Lease lease(Allowance owner, io.apihub.credit.v1.Lease granted, BillingTime at) {
        var term =
                new LeaseTerm(
                        at,
                        granted.getTtlMillis(),
                        granted.getValidFromMillis(),
                        granted.getEndsAtMillis());
        return switch (owner.subject().kind()) {
            case ACCOUNT, BUDGET ->
                    new AmountLease(granted.getLeaseId(), owner, term, granted.getGranted());
            case SLOTS -> new AmountLease(granted.getLeaseId(), owner, term, granted.getSlots());
            case RATE -> new RateLease(granted.getLeaseId(), owner, term, bucket(granted, at));
        };
    }

    private static RateBucket bucket(io.apihub.credit.v1.Lease granted, BillingTime at) {
        long arrival = granted.getTheoreticalArrivalMillis();
        return new RateBucket(
                granted.getRatePerMinute(),
                granted.getBurst(),
                at.received(),
                arrival == 0 ? at.received() : at.nanosAt(arrival));
    }
}
