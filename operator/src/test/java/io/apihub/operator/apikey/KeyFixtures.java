package io.apihub.operator.apikey;

import io.apihub.crd.v1alpha1.ApiKey;
import io.apihub.crd.v1alpha1.Tenant;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;

/** Resources for tests, as YAML writes them. */
final class KeyFixtures {

    private KeyFixtures() {}

    /** An ApiKey of tenant acme, created at the beginning of 2026. */
    static ApiKey key(String spec) {
        var key =
                Serialization.unmarshal(
                        "apiVersion: apihub.io/v1alpha1\nkind: ApiKey\nspec: {tenantRef: {name: acme}, "
                                + spec
                                + "}",
                        ApiKey.class);
        key.setMetadata(
                new ObjectMetaBuilder()
                        .withName("ci")
                        .withNamespace("acme")
                        .withUid("00000000-0000-0000-0000-000000000001")
                        .withGeneration(1L)
                        .withCreationTimestamp("2026-01-01T00:00:00Z")
                        .build());
        return key;
    }

    static Tenant tenant(String spec) {
        var tenant =
                Serialization.unmarshal(
                        "apiVersion: apihub.io/v1alpha1\nkind: Tenant\nspec: {namespace: acme, "
                                + spec
                                + "}",
                        Tenant.class);
        tenant.setMetadata(
                new ObjectMetaBuilder()
                        .withName("acme")
                        .withUid("00000000-0000-0000-0000-0000000000aa")
                        .withGeneration(1L)
                        .build());
        return tenant;
    }
}
