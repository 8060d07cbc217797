package io.apihub.extauthz.credit;

import io.apihub.usage.v1.Hold;

/**
 * Told when holds end, so that what goes with them (a concurrency slot) ends too. Must not block.
 */
public interface HoldListener {

    /** The hold is settled or voided; told once for each hold that was taken or recovered. */
    void released(Hold hold);

    /** The journal of an earlier process has this hold still open; told at start only. */
    void recovered(Hold hold);
}
