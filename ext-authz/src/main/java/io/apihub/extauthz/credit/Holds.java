package io.apihub.extauthz.credit;

import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import java.util.function.Consumer;

/** Sets money aside for requests. Thread safe; never blocks. */
public interface Holds {

    /**
     * Takes the worst case of one request from its tenant's account and writes it to the journal.
     *
     * @param terms the hold without {@code taken} and {@code incarnation}; its {@code cost_micros}
     *     is what is taken, unless it is {@code free} or {@code unmetered}, which take nothing. Its
     *     id must be new: a retry needs a new one.
     * @param done told exactly once, perhaps on the calling thread and before this method returns;
     *     must not block
     */
    void take(Hold terms, Consumer<HoldOutcome> done);

    /**
     * Gives back a hold whose request will never reach an upstream, such as a check that was
     * cancelled. A hold that is not open is left as it is, so a repeat is harmless.
     */
    void voidHold(HoldId id);
}
