package io.apihub.dev.smoke;

import io.apihub.model.key.ApiKeySecret;
import java.security.SecureRandom;
import java.util.Map;

/** The keys that the job mints itself, as a customer would who commits only hashes. */
final class Keys {

    private final ApiKeySecret own;
    private final ApiKeySecret limited;
    private final ApiKeySecret empty;

    Keys() {
        var random = new SecureRandom();
        this.own = ApiKeySecret.mint(random);
        this.limited = ApiKeySecret.mint(random);
        this.empty = ApiKeySecret.mint(random);
    }

    String own() {
        return own.reveal();
    }

    String limited() {
        return limited.reveal();
    }

    /** Of the tenant whose account is empty. */
    String empty() {
        return empty.reveal();
    }

    /** The values of keys.yaml. */
    Map<String, String> values() {
        return Map.of(
                "ownId", own.id().toString(),
                "ownHash", own.digest("smoke").toString(),
                "limitedId", limited.id().toString(),
                "limitedHash", limited.digest("smoke").toString(),
                "emptyId", empty.id().toString(),
                "emptyHash", empty.digest("smoke-empty").toString());
    }
}
