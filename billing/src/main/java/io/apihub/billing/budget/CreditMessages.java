package io.apihub.billing.budget;

import io.apihub.billing.grpc.WireIds;
import io.apihub.credit.v1.GrantRequest;
import io.apihub.credit.v1.GrantResult;
import io.apihub.credit.v1.Lease;
import io.apihub.credit.v1.OpenResponse;
import io.apihub.credit.v1.Refusal;
import io.apihub.credit.v1.Subject;
import io.apihub.model.money.Credits;
import java.util.Optional;
import java.util.UUID;

/** Between the wire and our own words. */
final class CreditMessages {

    /** A lease lives this long without renewal, by the gateway's clock. */
    private static final int TTL_MILLIS = 60_000;

    private CreditMessages() {}

    /**
     * Reads a grant request; empty if it wants something that is not leased: budgets and shares.
     *
     * @throws IllegalArgumentException if an id or an amount is malformed
     */
    static Optional<Ask> ask(UUID incarnation, GrantRequest request) {
        if (request.getWantsList().stream().anyMatch(want -> !want.getSubject().hasAccount())) {
            return Optional.empty();
        }
        return Optional.of(
                new Ask(
                        incarnation,
                        request.getSeq(),
                        request.getWantsList().stream()
                                .map(want ->
                                        new Want(
                                                WireIds.uuid(
                                                        "tenant_id",
                                                        want.getSubject()
                                                                .getAccount()
                                                                .getTenantId()),
                                                new Credits(want.getNeeded()),
                                                new Credits(
                                                        Math.max(
                                                                want.getWished(),
                                                                want.getNeeded()))))
                                .toList()));
    }

    static OpenResponse result(GrantRequest request, Answer answer) {
        var result = GrantResult.newBuilder().setSeq(request.getSeq());
        switch (answer) {
            case Answer.Granted granted -> {
                for (int i = 0; i < granted.leases().size(); i++) {
                    result.addLeases(lease(subject(request, i), granted.leases().get(i)));
                }
            }
            case Answer.Refused refused ->
                    refused.refusals()
                            .forEach(refusal -> result.addRefusals(refusal(request, refusal)));
        }
        return OpenResponse.newBuilder().setResult(result).build();
    }

    /** Refuses all wants of a request that could not even be read as an {@link Ask}. */
    static OpenResponse refusal(GrantRequest request, Refusal.Reason reason) {
        var result = GrantResult.newBuilder().setSeq(request.getSeq());
        request.getWantsList()
                .forEach(want ->
                        result.addRefusals(
                                Refusal.newBuilder()
                                        .setSubject(want.getSubject())
                                        .setReason(reason)));
        return OpenResponse.newBuilder().setResult(result).build();
    }

    private static Subject subject(GrantRequest request, int ordinal) {
        return request.getWants(ordinal).getSubject();
    }

    private static Lease lease(Subject subject, Answer.Lease lease) {
        return Lease.newBuilder()
                .setLeaseId(lease.id())
                .setSubject(subject)
                .setGranted(lease.granted().micros())
                .setTtlMillis(TTL_MILLIS)
                .build();
    }

    private static Refusal refusal(GrantRequest request, Answer.Refusal refusal) {
        return Refusal.newBuilder()
                .setSubject(subject(request, refusal.ordinal()))
                .setReason(
                        switch (refusal.reason()) {
                            case EXHAUSTED -> Refusal.Reason.REASON_EXHAUSTED;
                            case LEASED_ELSEWHERE -> Refusal.Reason.REASON_LEASED_ELSEWHERE;
                            case UNKNOWN_SUBJECT -> Refusal.Reason.REASON_UNKNOWN;
                            case NOT_GRANTING -> Refusal.Reason.REASON_NOT_GRANTING;
                        })
                .setAvailable(refusal.available().micros())
                .build();
    }
}
