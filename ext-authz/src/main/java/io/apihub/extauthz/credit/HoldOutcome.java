package io.apihub.extauthz.credit;

import io.apihub.usage.v1.Hold;

/** What became of an attempt to set money aside. */
public sealed interface HoldOutcome {

    /**
     * The money is set aside and the journal has the hold.
     *
     * @param hold the terms, with {@code taken} and {@code incarnation} filled
     */
    record Held(Hold hold) implements HoldOutcome {}

    /**
     * The account has less than the worst case.
     *
     * @param availableMicros what is left, in micro-units, 0 or more
     */
    record Exhausted(long availableMicros) implements HoldOutcome {}

    /**
     * Nobody could say in time, or the journal has no room: refuse, the client may try again.
     *
     * @param why for logs and metrics, never for the client
     */
    record Unavailable(String why) implements HoldOutcome {}
}
