package io.apihub.billing.budget;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Decides grants from locked pots: pure arithmetic, one request after the other, each against what
 * the ones before left.
 */
final class GrantDecisions {

    private static final Span ALWAYS = new Span(0, Span.NEVER);

    private final LockedPots pots;
    private final CreditStore.Roll roll;
    private final List<Lease> leases = new ArrayList<>();
    private final Set<Pot.Id> exhausted = new LinkedHashSet<>();
    private final Set<Pot> refusedFor = new LinkedHashSet<>();

    GrantDecisions(LockedPots pots, CreditStore.Roll roll) {
        this.pots = pots;
        this.roll = roll;
    }

    /** What one request gets, but for the numbers of its leases. */
    sealed interface Draft {
        record Known(List<Answer.Part> parts) implements Draft {}

        record Grant(List<Answer.Part> parts) implements Draft {}

        record Refuse(Ask ask, List<Answer.Refusal> refusals, Map<UUID, Set<Long>> recalls)
                implements Draft {}
    }

    /** All or nothing. */
    Draft decide(Ask ask) {
        var cut = new ArrayList<Cut>();
        var refusals = new ArrayList<Answer.Refusal>();
        for (int i = 0; i < ask.wants().size(); i++) {
            var want = ask.wants().get(i);
            var pot = pots.find(want.subject());
            if (pot == null) {
                refusals.add(absent(i, want));
            } else if (pot.free() <= 0 || pot.free() < want.needed()) {
                refusals.add(
                        new Answer.Refusal(
                                i,
                                Answer.Reason.EXHAUSTED,
                                Math.max(0, pot.free()),
                                pot.resetsAtMillis()));
                exhausted.add(pot.id());
            } else {
                long amount = size(want, pot);
                pot.lease(amount);
                cut.add(new Cut(pot, amount));
            }
        }
        if (!refusals.isEmpty()) {
            cut.forEach(piece -> piece.pot().release(piece.amount()));
            return new Draft.Refuse(ask, refusals, Map.of());
        }
        var parts = new ArrayList<Answer.Part>();
        for (var piece : cut) {
            parts.add(book(ask, parts.size(), piece));
        }
        return new Draft.Grant(parts);
    }

    private Answer.Refusal absent(int ordinal, Want want) {
        var begins = pots.beginsAt(want.subject());
        return begins == null
                ? new Answer.Refusal(ordinal, Answer.Reason.UNKNOWN_SUBJECT, 0, 0)
                : new Answer.Refusal(ordinal, Answer.Reason.EXHAUSTED, 0, begins);
    }

    private record Cut(Pot pot, long amount) {}

    /** As wished, but never so much that the other gateways find nothing. */
    private long size(Want want, Pot pot) {
        long fair = pot.free() / (2L * Math.max(1, roll.gateways()));
        return Math.clamp(Math.max(want.needed(), fair), 1, Math.min(want.wished(), pot.free()));
    }

    private Answer.Part book(Ask ask, int ordinal, Cut piece) {
        var span = piece.pot() instanceof Budget budget ? budget.key().span() : ALWAYS;
        long arrival = 0;
        boolean slots = piece.pot() instanceof Share share && share.key().isSlots();
        if (piece.pot() instanceof Share share && !slots) {
            share.release(piece.amount());
            arrival = share.cut(piece.amount(), roll.nowMillis());
        }
        leases.add(
                new Lease(
                        0,
                        ask.request(),
                        ordinal,
                        piece.pot().id(),
                        piece.amount(),
                        0,
                        0,
                        arrival,
                        false));
        return new Answer.Part(0, piece.amount(), span, slots, arrival);
    }

    /** The leases to store, in the order of the parts granted. */
    List<Lease> leases() {
        return leases;
    }

    /** The pots that had too little for somebody. */
    Set<Pot.Id> exhausted() {
        return exhausted;
    }

    /** Somebody was refused for want of it, and not only because others lease it. */
    void refusedFor(Pot pot) {
        refusedFor.add(pot);
    }

    /** Says of every budget what the operator should be told. */
    void review() {
        for (var pot : pots.all()) {
            if (pot instanceof Budget budget) {
                budget.review(refusedFor.contains(pot), roll.nowMillis());
            }
        }
    }

    @Nullable Pot potOf(Ask ask, int ordinal) {
        return pots.find(ask.wants().get(ordinal).subject());
    }
}
