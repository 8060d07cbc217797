package io.apihub.operator.upstream;

/** What is known about one Upstream. */
sealed interface UpstreamView {

    /** The {@code metadata.generation} that this is about. */
    long generation();

    /** It takes no part. */
    record Refused(long generation, Refusal refusal) implements UpstreamView {}

    /** It takes part in the pools of its models. */
    record Planned(long generation, Programming programming, Pricing pricing)
            implements UpstreamView {}
}
