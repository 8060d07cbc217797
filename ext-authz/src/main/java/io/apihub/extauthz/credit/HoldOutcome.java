package io.apihub.extauthz.credit;

import io.apihub.extauthz.journal.WrittenHold;
import java.util.List;
import java.util.stream.Stream;

/** What became of an attempt to set aside what a request needs. */
public sealed interface HoldOutcome {

    /**
     * All is set aside and the journal has the hold.
     *
     * @param hold as it stands in the journal
     */
    record Held(WrittenHold hold) implements HoldOutcome {}

    /**
     * A limit or the account has too little.
     *
     * @param refusals all that are known, at least one
     * @param remembered what billing refused of the rest when it was asked last, until it resets:
     *     enough to name the answer, not enough to refuse
     */
    record Refused(List<Refusal> refusals, List<Refusal> remembered) implements HoldOutcome {

        public Refused {
            refusals = List.copyOf(refusals);
            remembered = List.copyOf(remembered);
        }

        /** What billing has just refused. */
        Refused(List<Refusal> refusals) {
            this(refusals, List.of());
        }

        /** The one that lasts longest: it names the answer. */
        public Refusal tightest() {
            return Refusal.tightest(Stream.concat(refusals.stream(), remembered.stream()).toList());
        }
    }

    /**
     * Billing does not know a limit that is claimed: it was deleted or replaced, and this gateway
     * has yet to hear of it. Nothing is set aside; claim by the newest policy, in place of the
     * earlier claim, so that the time to wait goes on. Told after a short pause, never at once.
     */
    record Superseded() implements HoldOutcome {}

    /**
     * Nobody could say in time, or the journal has no room: refuse, the client may try again.
     *
     * @param why for logs and metrics, never for the client
     */
    record Unavailable(String why) implements HoldOutcome {}
}
