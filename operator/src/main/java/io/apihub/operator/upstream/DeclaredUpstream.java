package io.apihub.operator.upstream;

import io.apihub.crd.v1alpha1.Upstream;
import java.time.Instant;
import java.util.Comparator;

/** An Upstream as the API server has it, without what no plan depends on. */
record DeclaredUpstream(String name, Instant createdAt, long generation, Upstream.Spec spec) {

    /** The earlier one wins a conflict. */
    static final Comparator<DeclaredUpstream> BY_AGE =
            Comparator.comparing(DeclaredUpstream::createdAt).thenComparing(DeclaredUpstream::name);

    static DeclaredUpstream of(Upstream upstream) {
        var meta = upstream.getMetadata();
        return new DeclaredUpstream(
                meta.getName(),
                Instant.parse(meta.getCreationTimestamp()),
                meta.getGeneration(),
                upstream.getSpec());
    }
}
