package io.apihub.extauthz.credit;

import io.apihub.model.usage.HoldId;
import java.util.function.Consumer;

/** Sets aside what requests need. Thread safe; never blocks. */
public interface Holds {

    /**
     * Takes all that one request claims and writes its hold to the journal.
     *
     * @param draft the hold but for what is taken; its id must be new
     * @param claim not taken yet; it is this method's from now on
     * @param done told exactly once, perhaps on the calling thread and before this method returns;
     *     must not block
     */
    void take(HoldDraft draft, Claim claim, Consumer<HoldOutcome> done);

    /**
     * Gives back a hold whose request will never reach an upstream, such as a check that was
     * cancelled. A hold that is not open is left as it is, so a repeat is harmless.
     */
    void voidHold(HoldId id);
}
