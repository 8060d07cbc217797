package io.apihub.operator.apikey;

import io.apihub.model.key.ApiKeySecret;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One namespace's Secret, without a cluster. */
final class InMemoryKeySecrets implements KeySecrets {

    @Nullable Found found;
    int created;

    @Override
    public Optional<Found> find(Owner owner) {
        return Optional.ofNullable(found);
    }

    @Override
    public Optional<Found> create(Owner owner, ApiKeySecret key) {
        created++;
        var made = new Ours(key);
        found = made;
        return Optional.of(made);
    }
}
