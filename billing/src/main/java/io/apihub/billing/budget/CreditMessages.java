package io.apihub.billing.budget;

import com.google.protobuf.ByteString;
import io.apihub.billing.grpc.WireIds;
import io.apihub.credit.v1.Found;
import io.apihub.credit.v1.GrantRequest;
import io.apihub.credit.v1.GrantResult;
import io.apihub.credit.v1.Lease;
import io.apihub.credit.v1.OpenResponse;
import io.apihub.credit.v1.Refusal;
import io.apihub.credit.v1.Return;
import io.apihub.credit.v1.Subject;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Between the wire and our own words. */
final class CreditMessages {

    /** A lease lives this long without renewal, by the gateway's clock. */
    static final int TTL_MILLIS = 60_000;

    private CreditMessages() {}

    /**
     * Reads a grant request.
     *
     * @throws IllegalArgumentException if an id or an amount is malformed, or a subject is missing
     */
    static Ask ask(UUID incarnation, GrantRequest request) {
        return new Ask(
                new io.apihub.billing.budget.Lease.Request(incarnation, request.getSeq()),
                request.getWantsList().stream().map(CreditMessages::want).toList());
    }

    private static Want want(io.apihub.credit.v1.Want want) {
        long needed = want.getNeeded();
        return new Want(
                subject(want.getSubject()),
                needed,
                Math.max(1, Math.max(want.getWished(), needed)));
    }

    private static Want.Subject subject(Subject subject) {
        return switch (subject.getSubjectCase()) {
            case ACCOUNT -> new Want.OfAccount(tenant(subject.getAccount().getTenantId()));
            case BUDGET -> {
                var budget = subject.getBudget();
                var name =
                        new LimitName(
                                tenant(budget.getTenantId()),
                                budget.getQuotaNamespace(),
                                budget.getQuotaName(),
                                budget.getLimitName());
                yield new Want.OfBudget(
                        new LimitKey(name, budget.getKeyName()), budget.getWindowStartMillis());
            }
            case SHARE -> {
                var share = subject.getShare();
                var name =
                        new LimitName(
                                tenant(share.getTenantId()),
                                share.getQuotaNamespace(),
                                share.getQuotaName(),
                                share.getLimitName());
                yield new Want.OfShare(new LimitKey(name, share.getKeyName()));
            }
            case SUBJECT_NOT_SET -> throw new IllegalArgumentException("a want without a subject");
        };
    }

    private static UUID tenant(ByteString id) {
        return WireIds.uuid("tenant_id", id);
    }

    static List<Leases.GivenBack> returned(Return message) {
        return message.getLeasesList().stream()
                .map(lease ->
                        new Leases.GivenBack(
                                lease.getLeaseId(),
                                lease.getReturnedTotal(),
                                lease.getClosing(),
                                lease.getTheoreticalArrivalMillis()))
                .toList();
    }

    /**
     * What is open by incarnation and lease.
     *
     * @throws IllegalArgumentException if it makes no sense
     */
    static Map<UUID, Map<Long, Long>> found(Found message) {
        var found = new LinkedHashMap<UUID, Map<Long, Long>>();
        for (var inventory : message.getIncarnationsList()) {
            var open = new HashMap<Long, Long>();
            for (var lease : inventory.getLeasesList()) {
                if (lease.getOpen() < 0) {
                    throw new IllegalArgumentException("open of a lease: " + lease.getOpen());
                }
                open.merge(lease.getLeaseId(), lease.getOpen(), Math::addExact);
            }
            found.put(WireIds.uuid("incarnation", inventory.getIncarnation()), open);
        }
        return found;
    }

    static OpenResponse result(GrantRequest request, Answer answer) {
        var result = GrantResult.newBuilder().setSeq(request.getSeq());
        switch (answer) {
            case Answer.Granted granted -> {
                result.setTimeMillis(granted.nowMillis());
                for (int i = 0; i < granted.parts().size(); i++) {
                    result.addLeases(
                            lease(request.getWants(i).getSubject(), granted.parts().get(i)));
                }
            }
            case Answer.Refused refused -> {
                result.setTimeMillis(refused.nowMillis());
                refused.refusals()
                        .forEach(refusal -> result.addRefusals(refusal(request, refusal)));
            }
        }
        return OpenResponse.newBuilder().setResult(result).build();
    }

    /** Refuses all wants of a request that is not even looked at. */
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

    private static Lease lease(Subject subject, Answer.Part part) {
        var lease =
                Lease.newBuilder()
                        .setLeaseId(part.lease())
                        .setSubject(subject)
                        .setTtlMillis(TTL_MILLIS);
        switch (subject.getSubjectCase()) {
            case ACCOUNT -> lease.setGranted(part.granted());
            case BUDGET ->
                    lease.setSubject(
                                    subject.toBuilder()
                                            .setBudget(
                                                    subject.getBudget().toBuilder()
                                                            .setWindowStartMillis(
                                                                    part.span().startMillis())))
                            .setGranted(part.granted())
                            .setValidFromMillis(part.span().startMillis())
                            .setEndsAtMillis(part.span().endOrZero());
            case SHARE -> {
                if (part.slots()) {
                    lease.setSlots(part.granted());
                } else {
                    lease.setRatePerMinute(part.granted())
                            .setBurst(part.granted())
                            .setTheoreticalArrivalMillis(part.arrivalMillis());
                }
            }
            case SUBJECT_NOT_SET -> throw new IllegalStateException("a want without a subject");
        }
        return lease.build();
    }

    private static Refusal refusal(GrantRequest request, Answer.Refusal refusal) {
        return Refusal.newBuilder()
                .setSubject(request.getWants(refusal.ordinal()).getSubject())
                .setReason(
                        switch (refusal.reason()) {
                            case EXHAUSTED -> Refusal.Reason.REASON_EXHAUSTED;
                            case LEASED_ELSEWHERE -> Refusal.Reason.REASON_LEASED_ELSEWHERE;
                            case UNKNOWN_SUBJECT -> Refusal.Reason.REASON_UNKNOWN;
                            case NOT_GRANTING -> Refusal.Reason.REASON_NOT_GRANTING;
                        })
                .setAvailable(refusal.available())
                .setResetsAtMillis(refusal.resetsAtMillis())
                .build();
    }
}
