package io.apihub.dev.kubernetes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/** The secrets of a local control plane, each in a file that only its owner can read. */
final class Credentials {

    /** Signs and checks tokens of service accounts. */
    static final String SERVICE_ACCOUNT_KEY = "service-account.key";

    /** Lines of token, user, uid, groups. */
    static final String TOKENS = "tokens.csv";

    private Credentials() {}

    /** Makes the files that are missing. */
    static void create(Path directory) throws IOException {
        var key = directory.resolve(SERVICE_ACCOUNT_KEY);
        if (!Files.exists(key)) {
            writePrivately(key, rsaKey());
        }
        var tokens = directory.resolve(TOKENS);
        if (!Files.exists(tokens)) {
            writePrivately(tokens, randomToken() + ",admin,admin,system:masters\n");
        }
    }

    static String adminToken(Path directory) throws IOException {
        return Files.readString(directory.resolve(TOKENS)).split(",", 2)[0];
    }

    /** Replaces a file at once, so that a reader never sees half of it. */
    static void writePrivately(Path file, String text) throws IOException {
        var owner = PosixFilePermissions.fromString("rw-------");
        var work =
                Files.createTempFile(
                        file.getParent(), "write", "", PosixFilePermissions.asFileAttribute(owner));
        Files.writeString(work, text);
        Files.move(work, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String randomToken() {
        var random = new byte[24];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    private static String rsaKey() {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            var lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
            var key = generator.generateKeyPair().getPrivate().getEncoded();
            return "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
                    .formatted(lines.encodeToString(key));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has RSA", e);
        }
    }
}
