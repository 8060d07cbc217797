package io.apihub.operator.apikey;

import io.apihub.model.key.KeyId;
import io.apihub.operator.status.Observation;
import io.apihub.operator.status.Readiness;
import io.apihub.policy.v1.Digest;
import java.util.List;
import java.util.Optional;

/** What a key is known by, or why that is not known. */
sealed interface KeyMaterial {

    /** The condition SecretReady; empty if the owner brought the hash. */
    Optional<Observation> secretReady();

    /** Id and digests, the current one first. */
    record Known(KeyId id, List<Digest> digests, Optional<Observation> secretReady)
            implements KeyMaterial {
        public Known {
            digests = List.copyOf(digests);
        }
    }

    /** Something is in the way. */
    record Missing(Readiness readiness, Optional<Observation> secretReady) implements KeyMaterial {}
}
