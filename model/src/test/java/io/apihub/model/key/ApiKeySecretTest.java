package io.apihub.model.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ApiKeySecretTest {

    private final Random random = new Random(7);

    @Test
    void aMintedKeyIsReadBack() {
        for (int i = 0; i < 1000; i++) {
            var key = ApiKeySecret.mint(random);

            var read = ApiKeySecret.parse(key.reveal()).orElseThrow();

            assertThat(read.id()).isEqualTo(key.id());
            assertThat(read.digest("acme")).isEqualTo(key.digest("acme"));
        }
    }

    @Test
    void mintedKeysDiffer() {
        var keys = new HashSet<String>();
        for (int i = 0; i < 1000; i++) {
            keys.add(ApiKeySecret.mint(random).reveal());
        }
        assertThat(keys).hasSize(1000);
    }

    @Test
    void aRotatedKeyKeepsItsId() {
        var id = KeyId.parse("Ab3dEf9hK2");

        var first = ApiKeySecret.mint(id, random);
        var second = ApiKeySecret.mint(id, random);

        assertThat(first.id()).isEqualTo(id).isEqualTo(second.id());
        assertThat(first.reveal()).isNotEqualTo(second.reveal());
    }

    @Test
    void everyChangeOfOneCharacterIsNoticed() {
        var key = ApiKeySecret.mint(random).reveal();
        for (int i = 0; i < key.length(); i++) {
            for (char c : Base62.ALPHABET.toCharArray()) {
                if (c != key.charAt(i)) {
                    var changed = key.substring(0, i) + c + key.substring(i + 1);
                    assertThat(ApiKeySecret.parse(changed)).isEmpty();
                }
            }
        }
    }

    @Test
    void theKeyIsNeverShownByAccident() {
        var key = ApiKeySecret.mint(random);

        assertThat(key).hasToString("***");
        assertThat(key.shownPrefix()).hasSize(18);
        assertThat(key.reveal()).doesNotContain(key.shownPrefix());
    }

    @Test
    void aDigestIsBoundToItsTenant() {
        var key = ApiKeySecret.mint(random);

        assertThat(key.digest("acme")).isNotEqualTo(key.digest("globex"));
    }

    @Test
    void aDigestIsItsBytes() {
        var digest = ApiKeySecret.mint(random).digest("acme");
        var bytes = digest.toBytes();

        assertThat(KeyDigest.ofBytes(bytes)).isEqualTo(digest).hasSameHashCodeAs(digest);
        bytes[0]++;
        assertThat(KeyDigest.ofBytes(bytes)).isNotEqualTo(digest);
        assertThat(digest.toBytes()).isNotEqualTo(bytes);
        assertThatIllegalArgumentException().isThrownBy(() -> KeyDigest.ofBytes(new byte[31]));
    }

    @Test
    void anIdIsItsNumber() {
        assertThat(KeyId.parse("0000000000").value()).isZero();
        assertThat(KeyId.parse("000000000z").value()).isEqualTo(61);
        assertThat(new KeyId(839_299_365_868_340_223L)).hasToString("zzzzzzzzzz");
        assertThatIllegalArgumentException().isThrownBy(() -> new KeyId(839_299_365_868_340_224L));
        assertThatIllegalArgumentException().isThrownBy(() -> new KeyId(-1));
    }

    @Test
    void aNumberThatDoesNotFitItsDigitsIsRefused() {
        assertThat(Base62.encode(62 * 62 - 1, 2)).isEqualTo("zz");
        assertThatIllegalArgumentException().isThrownBy(() -> Base62.encode(62 * 62, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> Base62.encode(-1, 2));
    }
}
