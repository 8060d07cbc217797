package io.apihub.operator.upstream;

import io.apihub.crd.v1alpha1.Condition;
import io.apihub.crd.v1alpha1.Upstream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What status says about an Upstream. */
final class UpstreamConditions {

    private static final String READY = "Ready";
    private static final String STALLED = "Stalled";
    private static final String PROGRAMMED = "Programmed";
    private static final String PRICED = "Priced";
    private static final int LISTED = 10;
    private static final int LONGEST = 4096;

    private final Upstream.@Nullable Status before;
    private final long generation;
    private final Instant now;

    UpstreamConditions(Upstream.@Nullable Status before, long generation, Instant now) {
        this.before = before;
        this.generation = generation;
        this.now = now;
    }

    Upstream.Status of(UpstreamView view) {
        List<Condition> conditions = new ArrayList<>();
        switch (view) {
            case UpstreamView.Refused(long _, Refusal refusal) -> refused(refusal, conditions);
            case UpstreamView.Planned(long _, Programming programming, Pricing pricing) -> {
                conditions.add(
                        condition(
                                READY,
                                Condition.TRUE,
                                "InForce",
                                "takes part in the pools of its models"));
                conditions.add(programmed(programming));
                conditions.add(priced(pricing));
            }
        }
        return new Upstream.Status(generation, conditions);
    }

    private Condition priced(Pricing pricing) {
        return switch (pricing) {
            case Pricing.Unknown() ->
                    previous(PRICED)
                            .filter(c -> Objects.equals(c.observedGeneration(), generation))
                            .orElseGet(() ->
                                    condition(
                                            PRICED,
                                            Condition.UNKNOWN,
                                            "Pending",
                                            "the price books have not been read yet"));
            case Pricing.NoBook() ->
                    condition(
                            PRICED,
                            Condition.FALSE,
                            "NoPriceBook",
                            "no PriceBook is in force: every request is refused (model_not_priced)");
            case Pricing.By(String book, List<String> none) when none.isEmpty() ->
                    condition(
                            PRICED,
                            Condition.TRUE,
                            "Priced",
                            "PriceBook " + book + " has a price for each model");
            case Pricing.By(String book, List<String> unpriced) ->
                    condition(
                            PRICED,
                            Condition.FALSE,
                            "ModelsNotPriced",
                            "PriceBook %s has no price for %s: requests for them are refused (model_not_priced); create a later book that has"
                                    .formatted(book, listed(unpriced)));
        };
    }

    private static String listed(List<String> names) {
        String first = String.join(", ", names.stream().limit(LISTED).toList());
        return names.size() <= LISTED ? first : first + " and " + (names.size() - LISTED) + " more";
    }

    private void refused(Refusal refusal, List<Condition> conditions) {
        String reason = refusal.reason().text();
        conditions.add(condition(READY, Condition.FALSE, reason, refusal.message()));
        if (refusal.reason().stalls()) {
            conditions.add(condition(STALLED, Condition.TRUE, reason, refusal.message()));
        }
        conditions.add(
                condition(
                        PROGRAMMED,
                        Condition.UNKNOWN,
                        "NotInForce",
                        "there is nothing to send; see Ready"));
    }

    private Condition programmed(Programming programming) {
        return switch (programming) {
            case Programming.Rejected(String words) ->
                    condition(PROGRAMMED, Condition.FALSE, "Rejected", bounded(words));
            case Programming.Done(long revision, int gateways, Duration after) ->
                    latched(
                            Condition.TRUE,
                            "Programmed",
                            "revision %d and its pools on %d gateway%s after %d ms"
                                    .formatted(
                                            revision,
                                            gateways,
                                            gateways == 1 ? "" : "s",
                                            after.toMillis()));
            case Programming.NoGateways() ->
                    latched(Condition.UNKNOWN, "NoGateways", "waits for the first gateway");
            case Programming.Pending(String what) -> latched(Condition.UNKNOWN, "Pending", what);
            case Programming.Unreachable(
                            String gateway,
                            String without,
                            Instant seenAt,
                            Instant until) ->
                    latched(
                            Condition.FALSE,
                            "GatewayUnreachable",
                            "gateway %s was last heard of at %s without %s; it accepts nothing after %s"
                                    .formatted(gateway, seconds(seenAt), without, seconds(until)));
        };
    }

    private static Instant seconds(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS);
    }

    private static String bounded(String words) {
        return words.length() <= LONGEST ? words : words.substring(0, LONGEST);
    }

    /** Once every gateway had a generation, one that comes later gets it before it serves. */
    private Condition latched(String status, String reason, String message) {
        return previous(PROGRAMMED)
                .filter(c -> c.status().equals(Condition.TRUE))
                .filter(c -> Objects.equals(c.observedGeneration(), generation))
                .orElseGet(() -> condition(PROGRAMMED, status, reason, message));
    }

    private Condition condition(String type, String status, String reason, String message) {
        Instant since =
                previous(type)
                        .filter(c -> c.status().equals(status))
                        .map(Condition::lastTransitionTime)
                        .orElse(now);
        return new Condition(type, status, reason, message, since, generation);
    }

    private Optional<Condition> previous(String type) {
        return before == null
                ? Optional.empty()
                : before.conditions().stream().filter(c -> c.type().equals(type)).findFirst();
    }
}
