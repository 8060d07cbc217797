package io.apihub.operator.upstream;

import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is in a Secret. */
final class SecretEntries {

    private SecretEntries() {}

    /** One entry as text; empty if there is no such Secret or entry. */
    static Optional<String> of(@Nullable Secret secret, String key) {
        return Optional.ofNullable(secret)
                .map(Secret::getData)
                .map(entries -> entries.get(key))
                .map(value ->
                        new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8));
    }
}
