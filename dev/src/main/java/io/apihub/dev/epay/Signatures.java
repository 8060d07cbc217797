package io.apihub.dev.epay;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** Signs and verifies like the PHP server; written apart from the merchant's code on purpose. */
final class Signatures {

    private Signatures() {}

    static String text(Map<String, String> fields) {
        var text = new StringBuilder();
        for (var field : new TreeMap<>(fields).entrySet()) {
            boolean signed =
                    !field.getKey().equals("sign")
                            && !field.getKey().equals("sign_type")
                            && !field.getValue().isBlank();
            if (signed) {
                text.append(text.isEmpty() ? "" : "&")
                        .append(field.getKey())
                        .append('=')
                        .append(field.getValue());
            }
        }
        return text.toString();
    }

    static String md5(Map<String, String> fields, String key) {
        try {
            var digest = MessageDigest.getInstance("MD5");
            return HexFormat.of()
                    .formatHex(
                            digest.digest((text(fields) + key).getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static String rsa(Map<String, String> fields, PrivateKey key) {
        try {
            var signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key);
            signature.update(text(fields).getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static boolean isRsa(Map<String, String> fields, PublicKey key) {
        try {
            var signature = Signature.getInstance("SHA256withRSA");
            signature.initVerify(key);
            signature.update(text(fields).getBytes(StandardCharsets.UTF_8));
            return signature.verify(Base64.getDecoder().decode(fields.getOrDefault("sign", "")));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }
}
