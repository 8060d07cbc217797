package io.apihub.operator.apikey;

import io.apihub.model.key.ApiKeySecret;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** Secrets of type Opaque, controlled by their ApiKey, so that they go with it. */
public final class KubernetesKeySecrets implements KeySecrets {

    private static final String ENTRY = "api-key";

    private final KubernetesClient client;

    public KubernetesKeySecrets(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public Optional<Found> find(Owner owner) {
        try {
            return Optional.ofNullable(
                            client.secrets()
                                    .inNamespace(owner.namespace())
                                    .withName(owner.secretName())
                                    .get())
                    .map(secret -> read(secret, owner));
        } catch (KubernetesClientException e) {
            return Optional.of(forbidden("get", e));
        }
    }

    @Override
    public Optional<Found> create(Owner owner, ApiKeySecret key) {
        try {
            client.resource(secret(owner, key)).create();
            return Optional.of(new Ours(key));
        } catch (KubernetesClientException e) {
            return e.getCode() == HttpURLConnection.HTTP_CONFLICT
                    ? Optional.empty()
                    : Optional.of(forbidden("create", e));
        }
    }

    private static Forbidden forbidden(String verb, KubernetesClientException e) {
        if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
            throw e;
        }
        return new Forbidden(verb);
    }

    private static Found read(Secret secret, Owner owner) {
        boolean ours =
                secret.getMetadata().getOwnerReferences().stream()
                        .anyMatch(reference ->
                                owner.uid().equals(reference.getUid())
                                        && Boolean.TRUE.equals(reference.getController()));
        if (!ours) {
            return new Foreign("it was not made for this ApiKey");
        }
        return Optional.ofNullable(secret.getData())
                .map(data -> data.get(ENTRY))
                .map(Base64.getDecoder()::decode)
                .flatMap(bytes -> ApiKeySecret.parse(new String(bytes, StandardCharsets.UTF_8)))
                .<Found>map(Ours::new)
                .orElseGet(() -> new Foreign("its entry " + ENTRY + " is no key"));
    }

    private static Secret secret(Owner owner, ApiKeySecret key) {
        var controller =
                new OwnerReferenceBuilder()
                        .withApiVersion("apihub.io/v1alpha1")
                        .withKind("ApiKey")
                        .withName(owner.name())
                        .withUid(owner.uid())
                        .withController(true)
                        .build();
        return new SecretBuilder()
                .withNewMetadata()
                .withName(owner.secretName())
                .withNamespace(owner.namespace())
                .withLabels(Map.of("apihub.io/managed", "true"))
                .withOwnerReferences(controller)
                .endMetadata()
                .withType("Opaque")
                .withStringData(Map.of(ENTRY, key.reveal()))
                .build();
    }
}
