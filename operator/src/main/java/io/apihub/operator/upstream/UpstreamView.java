package io.apihub.operator.upstream;

import java.util.Optional;

/**
 * What is known about one Upstream.
 *
 * @param generation the {@code metadata.generation} that this is about
 * @param refusal why it takes no part
 */
record UpstreamView(long generation, Optional<Refusal> refusal, Programming programming) {}
