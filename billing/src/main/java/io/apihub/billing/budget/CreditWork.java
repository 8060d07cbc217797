package io.apihub.billing.budget;

import java.util.function.Consumer;

/** Something that a gateway said, to be done in turn. */
sealed interface CreditWork {

    /**
     * A grant request.
     *
     * @param deadlineNanos by the ticker: after it the asker has given up, and a grant would only
     *     be stranded
     */
    record Grant(Ask ask, long deadlineNanos, Consumer<Answer> answer) implements CreditWork {}

    /** Anything else; it reports its own failure. */
    record Other(Runnable task) implements CreditWork {}

    /** Where work waits for its turn. */
    interface Line {

        /** Adds work; false if the line is too long. */
        boolean add(CreditWork work);
    }
}
