package io.apihub.billing.payment;

import java.util.List;

/** What happens to an order; of a hundred, and in this order. */
enum Fate {
    TOLD(44, Step.PAY, Step.TELL),
    REPEATED(12, Step.PAY, Step.TELL, Step.TELL, Step.TELL),
    LOST(20, Step.PAY),
    /** Somebody without a key forges the number, before it is paid and after. */
    FORGED(3, Step.FORGE, Step.PAY, Step.FORGE, Step.TELL),
    FORGED_AND_NOT_PAID(2, Step.FORGE, Step.FORGE),
    /** Somebody has the key. */
    LEAKED(4, Step.LEAK, Step.PAY, Step.LEAK, Step.TELL),
    LEAKED_AND_NOT_PAID(3, Step.LEAK, Step.LEAK, Step.LEAK),
    OTHER_AMOUNT(5, Step.LEAK, Step.PAY_OTHER, Step.TELL),
    NOT_PAID(7);

    private final int share;

    // List.of is.
    @SuppressWarnings("ImmutableEnumChecker")
    private final List<Step> steps;

    Fate(int share, Step... steps) {
        this.share = share;
        this.steps = List.of(steps);
    }

    /** The things, in the order of their beginning. */
    List<Step> steps() {
        return steps;
    }

    static Fate of(int percent) {
        int sum = 0;
        for (var fate : values()) {
            sum += fate.share;
            if (percent < sum) {
                return fate;
            }
        }
        throw new IllegalArgumentException("not a percentage: " + percent);
    }

    /** One thing that happens. */
    enum Step {
        PAY,
        PAY_OTHER,
        /** As the platform tells of what is paid. */
        TELL,
        /** Told with a number that nobody signed. */
        FORGE,
        /**
         * Told as if it were paid, rightly signed: of the order's own number, or of another one.
         */
        LEAK
    }
}
