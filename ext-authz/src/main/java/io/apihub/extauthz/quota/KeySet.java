package io.apihub.extauthz.quota;

import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The keys that a quota is about: all of its tenant, or those that the operator resolved. */
public final class KeySet {

    public static final KeySet ALL = new KeySet(null);

    private final @Nullable Set<KeyUid> keys;

    private KeySet(@Nullable Set<KeyUid> keys) {
        this.keys = keys;
    }

    public static KeySet of(Collection<KeyUid> keys) {
        return new KeySet(Set.copyOf(keys));
    }

    public boolean contains(KeyUid key) {
        return keys == null || keys.contains(key);
    }
}
