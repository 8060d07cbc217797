package io.apihub.operator.apikey;

import com.google.protobuf.ByteString;
import io.apihub.crd.v1alpha1.ApiKey;
import io.apihub.model.key.ApiKeySecret;
import io.apihub.model.key.KeyDigest;
import io.apihub.model.key.KeyId;
import io.apihub.operator.apikey.KeyMaterial.Known;
import io.apihub.operator.apikey.KeyMaterial.Missing;
import io.apihub.operator.apikey.KeySecrets.Forbidden;
import io.apihub.operator.apikey.KeySecrets.Foreign;
import io.apihub.operator.apikey.KeySecrets.Found;
import io.apihub.operator.apikey.KeySecrets.Ours;
import io.apihub.operator.apikey.KeySecrets.Owner;
import io.apihub.operator.keywriter.KeyWriterBinding;
import io.apihub.operator.status.Observation;
import io.apihub.operator.status.Readiness;
import io.apihub.policy.v1.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Finds out what a key is known by: from the hash that its owner declared, or by minting it once.
 * The Secret is written before the row, so a crash in between finds the key again; once there is a
 * row, the Secret is never looked at.
 */
public final class KeyMinter {

    private static final String SECRET_READY = "SecretReady";

    private final Function<UUID, Optional<io.apihub.policy.v1.ApiKey>> rows;
    private final KeySecrets secrets;
    private final RandomGenerator random;
    private final String operatorNamespace;

    /**
     * Makes a minter.
     *
     * @param rows finds the row of a key by its uid
     * @param random must be a SecureRandom outside tests
     */
    public KeyMinter(
            Function<UUID, Optional<io.apihub.policy.v1.ApiKey>> rows,
            KubernetesKeySecrets secrets,
            RandomGenerator random,
            String operatorNamespace) {
        this(rows, (KeySecrets) secrets, random, operatorNamespace);
    }

    KeyMinter(
            Function<UUID, Optional<io.apihub.policy.v1.ApiKey>> rows,
            KeySecrets secrets,
            RandomGenerator random,
            String operatorNamespace) {
        this.rows = rows;
        this.secrets = secrets;
        this.random = random;
        this.operatorNamespace = operatorNamespace;
    }

    /**
     * The key's material.
     *
     * @throws IllegalArgumentException if a hash or id is malformed, with a message for the user
     */
    KeyMaterial materialOf(ApiKey key) {
        var generate = key.getSpec().generate();
        return generate == null ? declared(key) : generated(key, generate.secretName());
    }

    private static KeyMaterial declared(ApiKey key) {
        var spec = key.getSpec();
        if (spec.keyHash() == null || spec.keyId() == null) {
            throw new IllegalArgumentException(
                    "write spec.keyHash and spec.keyId, or spec.generate");
        }
        var digests = new ArrayList<Digest>();
        digests.add(digest(KeyDigest.parse(spec.keyHash())).build());
        for (var previous : spec.previousHashes()) {
            digests.add(
                    digest(KeyDigest.parse(previous.hash()))
                            .setNotAfterMillis(previous.notAfter().toEpochMilli())
                            .build());
        }
        return new Known(KeyId.parse(spec.keyId()), digests, Optional.empty());
    }

    private KeyMaterial generated(ApiKey key, String secretName) {
        var metadata = key.getMetadata();
        var row = rows.apply(UUID.fromString(metadata.getUid()));
        if (row.isPresent()) {
            return new Known(
                    new KeyId(row.get().getKeyId()),
                    row.get().getDigestsList(),
                    Optional.of(ready(secretName)));
        }
        var owner =
                new Owner(
                        metadata.getNamespace(), metadata.getName(), metadata.getUid(), secretName);
        var found = secrets.find(owner).or(() -> secrets.create(owner, ApiKeySecret.mint(random)));
        return material(found.or(() -> secrets.find(owner)).orElseThrow(), key, secretName);
    }

    private KeyMaterial material(Found found, ApiKey key, String secretName) {
        return switch (found) {
            case Ours(ApiKeySecret secret) ->
                    new Known(
                            secret.id(),
                            List.of(
                                    digest(secret.digest(key.getSpec().tenantRef().name()))
                                            .build()),
                            Optional.of(ready(secretName)));
            case Foreign(String why) ->
                    missing(
                            "SecretExists",
                            "Secret %s exists, and %s; name another one or delete it"
                                    .formatted(secretName, why));
            case Forbidden(String verb) -> missing("Forbidden", forbidden(verb, key));
        };
    }

    private String forbidden(String verb, ApiKey key) {
        var namespace = key.getMetadata().getNamespace();
        return "%s may not %s Secrets in namespace %s; apply:\n%s"
                .formatted(
                        KeyWriterBinding.subject(operatorNamespace),
                        verb,
                        namespace,
                        KeyWriterBinding.yaml(namespace, operatorNamespace));
    }

    private static Observation ready(String secretName) {
        return Observation.yes(
                SECRET_READY, "Written", "the key was written into Secret " + secretName);
    }

    private static KeyMaterial missing(String reason, String message) {
        return new Missing(
                Readiness.stalled(reason, message),
                Optional.of(Observation.no(SECRET_READY, reason, message)));
    }

    private static Digest.Builder digest(KeyDigest digest) {
        return Digest.newBuilder().setSha256(ByteString.copyFrom(digest.toBytes()));
    }
}
