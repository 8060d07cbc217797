package io.apihub.billing.budget;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;

/** What a grant request gets. */
public sealed interface Answer {

    /**
     * The leases, in the order of the wants.
     *
     * @param nowMillis the store's clock at the decision
     */
    record Granted(List<Part> parts, long nowMillis) implements Answer {
        public Granted {
            parts = List.copyOf(parts);
        }
    }

    /**
     * Nothing was granted; the wants that could not be met.
     *
     * @param recalls leases of others that would help, by incarnation
     */
    record Refused(List<Refusal> refusals, Map<UUID, Set<Long>> recalls, long nowMillis)
            implements Answer {
        public Refused {
            refusals = List.copyOf(refusals);
            recalls = Collections.unmodifiableMap(recalls);
        }
    }

    /**
     * A right to spend.
     *
     * @param lease its number
     * @param span of a budget: the window
     * @param slots it is slots, not a rate
     * @param arrivalMillis of a rate: until when its burst is used up
     */
    record Part(long lease, long granted, Span span, boolean slots, long arrivalMillis) {

        Part withLease(long number) {
            return new Part(number, granted, span, slots, arrivalMillis);
        }
    }

    /**
     * Why a want is not met.
     *
     * @param ordinal of the want in its request
     * @param available what is left, never negative
     * @param resetsAtMillis 0 = never
     */
    record Refusal(int ordinal, Reason reason, long available, long resetsAtMillis) {}

    /** Kinds of refusal. */
    enum Reason {
        EXHAUSTED,
        LEASED_ELSEWHERE,
        UNKNOWN_SUBJECT,
        NOT_GRANTING
    }

    /** Refuses all wants for one reason. */
    static Refused refuseAll(Ask ask, Reason reason) {
        return new Refused(
                IntStream.range(0, ask.wants().size())
                        .mapToObj(i -> new Refusal(i, reason, 0, 0))
                        .toList(),
                Map.of(),
                0);
    }
}
