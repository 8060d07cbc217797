package io.apihub.extauthz.credit;

import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import java.util.function.Consumer;

/** Sets aside what requests need. Thread safe; never blocks. */
public interface Holds {

    /**
     * Takes all that one request claims and writes its hold to the journal.
     *
     * @param terms the hold but for {@code taken} and {@code incarnation}. Its id must be new: a
     *     retry needs a new one.
     * @param claim not taken yet; it is this method's from now on
     * @param done told exactly once, perhaps on the calling thread and before this method returns;
     *     must not block
     */
    void take(Hold.Builder terms, Claim claim, Consumer<HoldOutcome> done);

    /**
     * Gives back a hold whose request will never reach an upstream, such as a check that was
     * cancelled. A hold that is not open is left as it is, so a repeat is harmless.
     */
    void voidHold(HoldId id);
}
