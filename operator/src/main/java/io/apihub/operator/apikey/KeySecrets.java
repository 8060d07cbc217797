package io.apihub.operator.apikey;

import io.apihub.model.key.ApiKeySecret;
import java.util.Optional;

/** The Secrets into which generated keys go. */
interface KeySecrets {

    /** What is found under a name. */
    sealed interface Found {}

    /** A key of ours. */
    record Ours(ApiKeySecret key) implements Found {}

    /** A Secret that the operator did not make for this ApiKey, or that holds no key. */
    record Foreign(String why) implements Found {}

    /** The operator may not look or write there; {@code verb} is what it lacks. */
    record Forbidden(String verb) implements Found {}

    /** Looks for the Secret of an ApiKey; empty if there is none. */
    Optional<Found> find(Owner owner);

    /** Writes a key into a new Secret; empty if one has come in between, then look again. */
    Optional<Found> create(Owner owner, ApiKeySecret key);

    /** The ApiKey that a Secret is made for. */
    record Owner(String namespace, String name, String uid, String secretName) {}
}
