package io.apihub.billing.budget;

import io.apihub.billing.budget.Lease.Request;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Answers grant requests: each gets all that it wants, or nothing. */
final class Grants {

    /** More than two are needed only when a window ends between two of them. */
    private static final int ATTEMPTS = 4;

    private final CreditStore store;

    Grants(CreditStore store) {
        this.store = store;
    }

    /**
     * Answers requests in one transaction. Safe to repeat: a request that got leases gets them
     * again.
     *
     * @return in the order of the requests
     */
    List<Answer> grant(List<Ask> asks) {
        // The same request may wait twice in one batch; both copies get one answer.
        var distinct = new LinkedHashMap<Request, Ask>();
        asks.forEach(ask -> distinct.putIfAbsent(ask.request(), ask));
        var answers = answers(List.copyOf(distinct.values()));
        var byRequest = new HashMap<Request, Answer>();
        for (var request : distinct.keySet()) {
            byRequest.put(request, answers.get(byRequest.size()));
        }
        return asks.stream()
                .map(ask -> Objects.requireNonNull(byRequest.get(ask.request())))
                .toList();
    }

    private List<Answer> answers(List<Ask> asks) {
        var made = new ArrayList<LockedPots.Missing>();
        while (made.size() < ATTEMPTS) {
            var outcome = store.inTransaction(() -> round(asks));
            switch (outcome) {
                case Outcome.Done done -> {
                    return done.answers();
                }
                case Outcome.Missing missing -> {
                    store.create(missing.pots().budgets(), missing.pots().shares());
                    made.add(missing.pots());
                }
            }
        }
        throw new IllegalStateException("made in vain: " + made);
    }

    /** What one transaction came to. */
    private sealed interface Outcome {
        record Done(List<Answer> answers) implements Outcome {}

        /** Nothing was decided: rows are made outside the transaction, as nothing is locked. */
        record Missing(LockedPots.Missing pots) implements Outcome {}
    }

    private Outcome round(List<Ask> asks) {
        var roll =
                store.lockIncarnations(
                        asks.stream().map(ask -> ask.request().incarnation()).distinct().toList());
        var pots = LockedPots.lock(store, asks, roll);
        if (!pots.missing().isEmpty()) {
            return new Outcome.Missing(pots.missing());
        }
        // Only now, with everything locked, can no other copy of a request be under way: both want
        // the same pots. If a limit changed between them, the lease's key refuses the later one.
        var before = store.granted(asks.stream().map(Ask::request).toList());
        var decisions = new GrantDecisions(pots, roll);
        var drafts = new ArrayList<GrantDecisions.Draft>();
        for (var ask : asks) {
            var known = before.get(ask.request());
            if (known != null) {
                drafts.add(new GrantDecisions.Draft.Known(known));
            } else if (!roll.open().contains(ask.request().incarnation())) {
                drafts.add(
                        new GrantDecisions.Draft.Refuse(
                                ask,
                                Answer.refuseAll(ask, Answer.Reason.NOT_GRANTING).refusals(),
                                Map.of()));
            } else {
                drafts.add(decisions.decide(ask));
            }
        }
        var elsewhere = elsewhere(decisions.exhausted());
        var finished = new ArrayList<GrantDecisions.Draft>();
        drafts.forEach(draft -> finished.add(elsewhere.sharpen(draft, decisions)));
        decisions.review();
        var numbers = store.insert(decisions.leases());
        store.save(pots.all(), List.of());
        return new Outcome.Done(finish(finished, numbers, roll));
    }

    private Elsewhere elsewhere(Collection<Pot.Id> exhausted) {
        return new Elsewhere(exhausted.isEmpty() ? List.of() : store.held(exhausted));
    }

    private static List<Answer> finish(
            List<GrantDecisions.Draft> drafts, List<Long> numbers, CreditStore.Roll roll) {
        var next = numbers.iterator();
        var answers = new ArrayList<Answer>();
        for (var draft : drafts) {
            answers.add(
                    switch (draft) {
                        case GrantDecisions.Draft.Known known ->
                                new Answer.Granted(known.parts(), roll.nowMillis());
                        case GrantDecisions.Draft.Grant grant ->
                                new Answer.Granted(
                                        grant.parts().stream()
                                                .map(part -> part.withLease(next.next()))
                                                .toList(),
                                        roll.nowMillis());
                        case GrantDecisions.Draft.Refuse refuse ->
                                new Answer.Refused(
                                        refuse.refusals(), refuse.recalls(), roll.nowMillis());
                    });
        }
        return answers;
    }

    /** What others hold, for the refusals of one round. */
    private static final class Elsewhere {

        private final Map<Pot.Id, List<CreditStore.Held>> held = new HashMap<>();

        Elsewhere(List<CreditStore.Held> all) {
            all.forEach(lease ->
                    held.computeIfAbsent(lease.pot(), pot -> new ArrayList<>()).add(lease));
        }

        /** Tells what is exhausted from what is only leased to others, who will be asked for it. */
        GrantDecisions.Draft sharpen(GrantDecisions.Draft draft, GrantDecisions decisions) {
            return draft instanceof GrantDecisions.Draft.Refuse refuse
                    ? sharpened(refuse, decisions)
                    : draft;
        }

        private GrantDecisions.Draft sharpened(
                GrantDecisions.Draft.Refuse refuse, GrantDecisions decisions) {
            var recalls = new Recalls();
            var refusals = new ArrayList<Answer.Refusal>();
            for (var refusal : refuse.refusals()) {
                var pot = decisions.potOf(refuse.ask(), refusal.ordinal());
                if (refusal.reason() != Answer.Reason.EXHAUSTED || pot == null) {
                    refusals.add(refusal);
                    continue;
                }
                var others =
                        held.getOrDefault(pot.id(), List.of()).stream()
                                .filter(lease ->
                                        !lease.incarnation()
                                                .equals(refuse.ask().request().incarnation()))
                                .toList();
                long sum = others.stream().mapToLong(CreditStore.Held::open).sum();
                long needed = refuse.ask().wants().get(refusal.ordinal()).needed();
                if (sum > 0 && pot.free() + sum >= Math.max(1, needed)) {
                    others.forEach(lease -> recalls.add(lease.incarnation(), lease.lease()));
                    refusals.add(
                            new Answer.Refusal(
                                    refusal.ordinal(),
                                    Answer.Reason.LEASED_ELSEWHERE,
                                    refusal.available(),
                                    refusal.resetsAtMillis()));
                } else {
                    decisions.refusedFor(pot);
                    refusals.add(refusal);
                }
            }
            return new GrantDecisions.Draft.Refuse(refuse.ask(), refusals, recalls.byIncarnation());
        }
    }
}
