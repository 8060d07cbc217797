package io.apihub.billing.sealing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.billing.settings.Settings;
import io.apihub.billing.testing.TestSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealerTest {

    private static final byte[] SECRET = "a secret".getBytes(StandardCharsets.UTF_8);

    private final Settings settings = TestSettings.unreachable();

    private Sealer sealer() {
        return new Sealer(settings, new SecureRandom());
    }

    @Test
    void whatIsSealedIsOpenedForItsPurposeAndNoOther() {
        var sealed = sealer().seal("totp/1", SECRET);

        assertThat(sealer().open("totp/1", sealed)).hasValue(SECRET);
        assertThat(sealer().open("totp/2", sealed)).isEmpty();
        assertThat(sealer().seal("totp/1", SECRET)).isNotEqualTo(sealed);
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("a secret");
    }

    @Test
    void aByteThatWasChangedIsSeen() {
        var sealer = sealer();
        var sealed = sealer.seal("p", SECRET);
        for (int i = 0; i < sealed.length; i++) {
            var changed = sealed.clone();
            changed[i] ^= 1;
            assertThat(sealer.open("p", changed)).as("byte %d", i).isEmpty();
        }
        assertThat(sealer.open("p", new byte[0])).isEmpty();
        assertThat(sealer.open("p", new byte[] {1, 2, 3})).isEmpty();
    }

    @Test
    void theKeyIsMadeWhenItIsNeededAndOnlyItsOwnerReadsIt() throws IOException {
        var file = settings.identity().secretsKeyFile();
        var sealer = sealer();
        assertThat(file).doesNotExist();

        sealer.seal("p", SECRET);

        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
    }

    @Test
    void processesThatStartAtOnceAgreeOnOneKey() {
        var sealers = IntStream.range(0, 8).mapToObj(i -> sealer()).toList();

        var sealed = sealers.parallelStream().map(sealer -> sealer.seal("p", SECRET)).toList();

        for (var one : sealed) {
            assertThat(sealers).allSatisfy(s -> assertThat(s.open("p", one)).hasValue(SECRET));
        }
    }

    @Test
    void aNewKeySealsAndTheOldOneOpens() throws IOException {
        var file = settings.identity().secretsKeyFile();
        var old = sealer().seal("p", SECRET);
        var before = Files.readString(file);
        var key = Base64.getEncoder().encodeToString(new byte[32]);
        Files.writeString(file, key + "\n" + before);

        assertThat(sealer().open("p", old)).hasValue(SECRET);
        var fresh = sealer().seal("p", SECRET);
        Files.writeString(file, before);
        assertThat(sealer().open("p", fresh)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "short", "AAAA", "not base64 at all!!"})
    void aFileThatHoldsSomethingElseIsRefusedAtTheStart(String content) throws IOException {
        Files.writeString(settings.identity().secretsKeyFile(), content);

        assertThatThrownBy(this::sealer)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("APIHUB_SECRETS_KEY_FILE");
    }
}
