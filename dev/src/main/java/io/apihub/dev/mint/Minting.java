package io.apihub.dev.mint;

import io.apihub.model.key.ApiKeySecret;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A key to mint: the key itself is shown once, and only its digest goes into the resource.
 *
 * @param tenant metadata.name of the Tenant; the digest is good for it alone
 * @param namespace of the ApiKey: the Tenant's spec.namespace
 * @param expires end of the key; empty: as long as the Tenant allows
 * @param file where the resource is written; empty: after the key
 */
public record Minting(
        String tenant,
        String namespace,
        Optional<String> name,
        Optional<Instant> expires,
        Optional<Path> file) {

    /**
     * Mints it.
     *
     * @param random a SecureRandom outside tests
     * @return what to print: the key, and the resource unless it went to a file
     * @throws FileAlreadyExistsException if the file exists; nothing was minted
     */
    public String run(RandomGenerator random) throws IOException {
        var secret = ApiKeySecret.mint(random);
        var resource = resource(secret);
        if (file.isEmpty()) {
            return secret.reveal() + "\n\n" + resource;
        }
        Files.writeString(file.get(), resource, StandardOpenOption.CREATE_NEW);
        return secret.reveal() + "\n";
    }

    private String resource(ApiKeySecret secret) {
        // Names have no capitals and ids may differ in them alone, so part of the digest names it.
        var digest = secret.digest(tenant).toString();
        var ownName = name.orElseGet(() -> "key-" + digest.substring(7, 17));
        return """
        apiVersion: apihub.io/v1alpha1
        kind: ApiKey
        metadata:
          name: %s
          namespace: %s
        spec:
          tenantRef: {name: %s}
          keyId: "%s"
          keyHash: %s
        """
                        .formatted(ownName, namespace, tenant, secret.id(), digest)
                + expires.map(end -> "  expiresAt: \"" + end + "\"\n").orElse("");
    }
}
