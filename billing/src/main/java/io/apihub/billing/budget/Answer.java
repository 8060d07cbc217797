package io.apihub.billing.budget;

import io.apihub.model.money.Credits;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** What a grant request gets. */
public sealed interface Answer {

    /** The leases, in the order of the wants. */
    record Granted(List<Lease> leases) implements Answer {
        public Granted {
            leases = List.copyOf(leases);
        }
    }

    /** Nothing was granted; the wants that could not be met. */
    record Refused(List<Refusal> refusals) implements Answer {
        public Refused {
            refusals = List.copyOf(refusals);
        }
    }

    /** A right to spend. */
    record Lease(long id, UUID tenantId, Credits granted) {}

    /**
     * Why a want is not met.
     *
     * @param ordinal of the want in its request
     * @param available what is left, never negative
     */
    record Refusal(int ordinal, Reason reason, Credits available) {}

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
                        .mapToObj(i -> new Refusal(i, reason, Credits.ZERO))
                        .toList());
    }
}
