package io.apihub.extauthz.key;

import org.jspecify.annotations.Nullable;

/** Digests of one presented secret, one for each tenant that may own it. */
public interface CandidateDigests {

    /** The secret's digest under a tenant's name; null if there is no such tenant. */
    @Nullable DigestWords of(int tenant);
}
