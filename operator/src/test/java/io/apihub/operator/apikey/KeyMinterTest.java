package io.apihub.operator.apikey;

import static io.apihub.operator.apikey.KeyFixtures.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.model.key.ApiKeySecret;
import io.apihub.operator.apikey.KeyMaterial.Known;
import io.apihub.operator.apikey.KeyMaterial.Missing;
import io.apihub.policy.v1.ApiKey;
import io.apihub.policy.v1.Digest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class KeyMinterTest {

    private static final String GENERATE = "generate: {secretName: ci-key}";

    private final Map<UUID, ApiKey> rows = new HashMap<>();
    private final InMemoryKeySecrets secrets = new InMemoryKeySecrets();
    private final KeyMinter minter =
            new KeyMinter(
                    uid -> Optional.ofNullable(rows.get(uid)),
                    secrets,
                    new Random(1),
                    "apihub-system");

    @Test
    void aKeyIsMintedOnceAndFoundAgainAfterACrash() {
        var first = (Known) minter.materialOf(key(GENERATE));
        var again = (Known) minter.materialOf(key(GENERATE));

        assertThat(secrets.created).isEqualTo(1);
        assertThat(again.id()).isEqualTo(first.id());
        assertThat(again.digests()).isEqualTo(first.digests());
    }

    @Test
    void onceThereIsARowTheSecretIsNotLookedAt() {
        var digest = Digest.newBuilder().setNotAfterMillis(5).build();
        rows.put(new UUID(0, 1), ApiKey.newBuilder().setKeyId(7).addDigests(digest).build());

        var known = (Known) minter.materialOf(key(GENERATE));

        assertThat(known.id().value()).isEqualTo(7);
        assertThat(known.digests()).containsExactly(digest);
        assertThat(secrets.created).isZero();
    }

    @Test
    void someoneElsesSecretIsNotTouched() {
        secrets.found = new KeySecrets.Foreign("it was not made for this ApiKey");

        var missing = (Missing) minter.materialOf(key(GENERATE));

        assertThat(missing.readiness().reason()).isEqualTo("SecretExists");
        assertThat(missing.readiness().stalled()).isTrue();
        assertThat(secrets.created).isZero();
    }

    @Test
    void withoutTheRightTheMessageHoldsTheBinding() {
        secrets.found = new KeySecrets.Forbidden("create");

        var missing = (Missing) minter.materialOf(key(GENERATE));

        assertThat(missing.readiness().reason()).isEqualTo("Forbidden");
        assertThat(missing.readiness().message())
                .startsWith(
                        "ServiceAccount apihub-operator of namespace apihub-system may not create"
                                + " Secrets in namespace acme; apply:\n---")
                .contains("kind: \"RoleBinding\"")
                .contains("namespace: \"acme\"")
                .contains("apihub-key-writer");
    }

    @Test
    void aDeclaredHashComesFirstAndItsPredecessorsFollowWithTheirEnd() {
        var secret = ApiKeySecret.mint(new Random(2));
        var old = ApiKeySecret.mint(secret.id(), new Random(3));
        var material =
                (Known)
                        minter.materialOf(
                                key(
                                        "keyId: %s, keyHash: '%s', previousHashes: [{hash: '%s', notAfter: '2026-03-01T00:00:00Z'}]"
                                                .formatted(
                                                        secret.id(),
                                                        secret.digest("acme"),
                                                        old.digest("acme"))));

        assertThat(material.id()).isEqualTo(secret.id());
        assertThat(material.digests())
                .extracting(Digest::getNotAfterMillis)
                .containsExactly(0L, 1_772_323_200_000L);
        assertThat(material.secretReady()).isEmpty();
    }

    @Test
    void aHashWithoutItsIdIsTheUsersMistake() {
        assertThatThrownBy(() -> minter.materialOf(key("keyHash: 'sha256:00'")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("spec.keyId");
    }
}
