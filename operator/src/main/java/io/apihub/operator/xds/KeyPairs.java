package io.apihub.operator.xds;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;

/** Whether a private key is a certificate's. */
final class KeyPairs {

    private static final byte[] PROBE = "APIHub".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VERSION = {2, 1, 0};
    private static final int SHORTEST_RSA = 2048;
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 4;

    private KeyPairs() {}

    /** Throws an IllegalArgumentException unless what the one signs the other verifies. */
    static void requireOne(PublicKey certified, byte[] key) {
        String algorithm =
                switch (certified.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default ->
                            throw new IllegalArgumentException(
                                    "tls.crt has a key that is neither RSA nor ECDSA");
                };
        if (certified instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() < SHORTEST_RSA) {
            throw new IllegalArgumentException("tls.crt has an RSA key of less than 2048 bits");
        }
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(read(certified, key));
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(PROBE);
            if (!signature.verify(signed)) {
                throw new IllegalArgumentException("tls.key is not the key of tls.crt");
            }
        } catch (GeneralSecurityException e) {
            // Without its words: some of a key may be in them.
            throw new IllegalArgumentException("tls.key can't be read as the key of tls.crt", e);
        }
    }

    private static PrivateKey read(PublicKey certified, byte[] key)
            throws GeneralSecurityException {
        return KeyFactory.getInstance(certified.getAlgorithm())
                .generatePrivate(new PKCS8EncodedKeySpec(key));
    }

    /** A bare key in PKCS #8, which the JDK reads; its kind and curve are the certificate's. */
    static byte[] wrap(PublicKey certified, byte[] bare) {
        return element(SEQUENCE, VERSION, kind(certified.getEncoded()), element(OCTETS, bare));
    }

    /** The first element within the outermost one of a public key: its algorithm. */
    private static byte[] kind(byte[] publicKey) {
        int start = contentAt(publicKey, 0);
        int content = contentAt(publicKey, start);
        int length = publicKey[start + 1]; // an algorithm's is short
        byte[] kind = new byte[content - start + length];
        System.arraycopy(publicKey, start, kind, 0, kind.length);
        return kind;
    }

    /** Behind the tag and the length at that place. */
    private static int contentAt(byte[] der, int place) {
        int length = Byte.toUnsignedInt(der[place + 1]);
        return place + 2 + (length < 0x80 ? 0 : length & 0x7f);
    }

    private static byte[] element(int tag, byte[]... parts) {
        var content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        var element = new ByteArrayOutputStream();
        element.write(tag);
        int length = content.size();
        // The shortest form is the only one; two bytes do for any key.
        if (length > 0xff) {
            element.write(0x82);
            element.write(length >>> 8);
        } else if (length > 0x7f) {
            element.write(0x81);
        }
        element.write(length);
        element.writeBytes(content.toByteArray());
        return element.toByteArray();
    }
}
