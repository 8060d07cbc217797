package io.apihub.operator.registry;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * What names a row within its cluster.
 *
 * @param uid the resource's uid; for a model, made from its name
 */
public record RegistryKey(RegistryKind kind, UUID uid) {

    /** The key of a model, which no single resource stands for. */
    public static RegistryKey model(String name) {
        var seed = ("apihub.io/model/" + name).getBytes(StandardCharsets.UTF_8);
        return new RegistryKey(RegistryKind.MODEL, UUID.nameUUIDFromBytes(seed));
    }
}
