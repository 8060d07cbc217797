package io.apihub.extauthz.credit;

import io.apihub.extauthz.journal.WrittenHold;
import java.util.List;

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
     */
    record Refused(List<Refusal> refusals) implements HoldOutcome {

        public Refused {
            refusals = List.copyOf(refusals);
        }

        /** The one that lasts longest: it names the answer. */
        public Refusal tightest() {
            return Refusal.tightest(refusals);
        }
    }

    /**
     * Nobody could say in time, or the journal has no room: refuse, the client may try again.
     *
     * @param why for logs and metrics, never for the client
     */
    record Unavailable(String why) implements HoldOutcome {}
}
