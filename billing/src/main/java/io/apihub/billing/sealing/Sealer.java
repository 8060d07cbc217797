package io.apihub.billing.sealing;

import io.apihub.billing.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Encrypts with AES-256-GCM, by the keys in the file that APIHUB_SECRETS_KEY_FILE names: one in
 * Base64 a line; the first one seals, all of them open. The file is made with mode 0600 when a
 * secret is sealed first; all billing processes need the same one.
 */
@Component
public class Sealer {

    private static final byte FORMAT = 1;
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final Path file;
    private final RandomGenerator random;
    private volatile @Nullable List<SecretKeySpec> loaded;

    Sealer(Settings settings, RandomGenerator random) {
        this.file = settings.identity().secretsKeyFile();
        this.random = random;
        if (Files.exists(file)) {
            keys();
        }
    }

    /**
     * Encrypts.
     *
     * @param purpose what it is and whose; must be said again to open it
     */
    public byte[] seal(String purpose, byte[] plain) {
        var nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            var cipher = cipher(Cipher.ENCRYPT_MODE, keys().getFirst(), nonce, purpose);
            return ByteBuffer.allocate(1 + NONCE_BYTES + cipher.getOutputSize(plain.length))
                    .put(FORMAT)
                    .put(nonce)
                    .put(cipher.doFinal(plain))
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-GCM", e);
        }
    }

    /** Decrypts; empty if it was sealed for something else, with another key, or was changed. */
    public Optional<byte[]> open(String purpose, byte[] sealed) {
        if (sealed.length < 1 + NONCE_BYTES || sealed[0] != FORMAT) {
            return Optional.empty();
        }
        return keys().stream()
                .map(key -> open(key, purpose, sealed))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<byte[]> open(SecretKeySpec key, String purpose, byte[] sealed) {
        var nonce = new byte[NONCE_BYTES];
        System.arraycopy(sealed, 1, nonce, 0, NONCE_BYTES);
        int start = 1 + NONCE_BYTES;
        try {
            return Optional.of(
                    cipher(Cipher.DECRYPT_MODE, key, nonce, purpose)
                            .doFinal(sealed, start, sealed.length - start));
        } catch (AEADBadTagException e) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-GCM", e);
        }
    }

    private static Cipher cipher(int mode, SecretKeySpec key, byte[] nonce, String purpose)
            throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(purpose.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private List<SecretKeySpec> keys() {
        var keys = loaded;
        if (keys == null) {
            synchronized (this) {
                keys = loaded == null ? load() : loaded;
                loaded = keys;
            }
        }
        return keys;
    }

    private List<SecretKeySpec> load() {
        try {
            var text = PrivateFile.read(file);
            if (text == null) {
                text = PrivateFile.writeOnce(file, generate() + "\n");
            }
            var keys = text.lines().map(String::strip).map(this::key).toList();
            if (keys.isEmpty()) {
                throw noKeys();
            }
            return keys;
        } catch (IOException e) {
            throw new UncheckedIOException("APIHUB_SECRETS_KEY_FILE " + file, e);
        }
    }

    private String generate() {
        var key = new byte[KEY_BYTES];
        random.nextBytes(key);
        return Base64.getEncoder().encodeToString(key);
    }

    private SecretKeySpec key(String line) {
        try {
            var bytes = Base64.getDecoder().decode(line);
            if (bytes.length == KEY_BYTES) {
                return new SecretKeySpec(bytes, "AES");
            }
        } catch (IllegalArgumentException e) {
            throw noKeys();
        }
        throw noKeys();
    }

    private IllegalStateException noKeys() {
        return new IllegalStateException(
                "APIHUB_SECRETS_KEY_FILE "
                        + file
                        + " must hold keys of 32 bytes in Base64, one a line");
    }
}
