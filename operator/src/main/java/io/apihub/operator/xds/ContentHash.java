package io.apihub.operator.xds;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Names content by itself, so that every replica of the operator gives the same thing the same
 * version and a gateway that reconnects elsewhere is sent nothing.
 */
public final class ContentHash {

    private static final int BYTES = 12;

    private ContentHash() {}

    /** 24 hexadecimal digits of SHA-256. */
    public static String of(byte[] content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            return HexFormat.of().formatHex(digest, 0, BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
