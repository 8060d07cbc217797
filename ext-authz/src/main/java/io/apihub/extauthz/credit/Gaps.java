package io.apihub.extauthz.credit;

import io.apihub.credit.v1.Refusal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * What billing has too little of for a request. Guarded by the desk.
 *
 * @param refusals billing's words, at least one
 */
record Gaps(Ask ask, List<Refusal> refusals) {

    /** Whether what was freed here just now may fill every gap. */
    boolean areComingBack() {
        for (int i = 0; i < refusals.size(); i++) {
            if (!about(i).isComingBack()) {
                return false;
            }
        }
        return true;
    }

    /** Those about which asking again soon will not be answered better. */
    void forEachThatStays(BiConsumer<Allowance, Refusal> what) {
        for (int i = 0; i < refusals.size(); i++) {
            var about = about(i);
            if (!isComing(refusals.get(i), about)) {
                what.accept(about, refusals.get(i));
            }
        }
    }

    /** Limits that billing does not know (any more). */
    Set<Allowance> unknown() {
        var unknown = new HashSet<Allowance>();
        for (int i = 0; i < refusals.size(); i++) {
            if (isUnknown(refusals.get(i), about(i))) {
                unknown.add(about(i));
            }
        }
        return unknown;
    }

    private static boolean isUnknown(Refusal refusal, Allowance about) {
        return refusal.getReason() == Refusal.Reason.REASON_UNKNOWN
                && about.subject().kind() != Subject.Kind.ACCOUNT;
    }

    private static boolean isComing(Refusal refusal, Allowance about) {
        return switch (refusal.getReason()) {
            case REASON_LEASED_ELSEWHERE -> !about.hasShare();
            // Billing and this gateway learn of what becomes of a limit one after the other.
            case REASON_UNKNOWN -> isUnknown(refusal, about);
            default -> false;
        };
    }

    private Allowance about(int i) {
        var subject = refusals.get(i).getSubject();
        for (var each : ask.allowances()) {
            if (each.subject().isSame(subject)) {
                return each;
            }
        }
        return ask.allowances().get(Math.min(i, ask.allowances().size() - 1));
    }
}
