package io.apihub.billing.payment.epay;

import io.apihub.billing.settings.Payments.Signing;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Signs and verifies with the one algorithm that is configured, whatever a message claims. */
public final class EpaySignature {

    private static final String SIGN = "sign";
    private static final String SIGN_TYPE = "sign_type";
    private static final String RSA = "SHA256withRSA";

    private final Signing signing;

    public EpaySignature(Signing signing) {
        this.signing = signing;
    }

    /**
     * What is signed: all fields but the signature's own, arrays and empty ones, sorted by name,
     * joined with raw values. The platform may add fields; so nothing is left out by a list.
     */
    public static String canonical(Map<String, String> fields) {
        return new TreeMap<>(fields)
                .entrySet().stream()
                        .filter(field -> !field.getKey().equals(SIGN))
                        .filter(field -> !field.getKey().equals(SIGN_TYPE))
                        .filter(field -> field.getKey().indexOf('[') < 0)
                        .filter(field -> !isEmpty(field.getValue()))
                        .map(field -> field.getKey() + "=" + field.getValue())
                        .collect(Collectors.joining("&"));
    }

    /** As PHP's trim() sees it. */
    private static boolean isEmpty(String value) {
        return value.chars()
                .allMatch(c -> c == ' ' || (c >= '\t' && c <= '\r' && c != '\f') || c == 0);
    }

    /** The fields with their signature, in the order in which they came. */
    public Map<String, String> signed(Map<String, String> fields) {
        var signed = new LinkedHashMap<>(fields);
        signed.put(SIGN, sign(canonical(fields)));
        signed.put(SIGN_TYPE, type());
        return signed;
    }

    private String type() {
        return switch (signing) {
            case Signing.Md5 md5 -> "MD5";
            case Signing.Rsa rsa -> "RSA";
        };
    }

    private String sign(String text) {
        return switch (signing) {
            case Signing.Md5 md5 -> md5(text, md5);
            case Signing.Rsa rsa -> rsa(text, rsa);
        };
    }

    private static String md5(String text, Signing.Md5 signing) {
        try {
            // The key follows directly: no "&key=".
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("MD5")
                                    .digest(
                                            (text + signing.key().reveal())
                                                    .getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
    }

    private static String rsa(String text, Signing.Rsa signing) {
        try {
            var signature = Signature.getInstance(RSA);
            signature.initSign(signing.own());
            signature.update(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the private key can't sign", e);
        }
    }

    /** Whether the platform signed all of these fields. Takes as long for any wrong signature. */
    public boolean verifies(Map<String, String> fields) {
        var sign = fields.getOrDefault(SIGN, "");
        var text = canonical(fields);
        return switch (signing) {
            case Signing.Md5 md5 ->
                    MessageDigest.isEqual(
                            md5(text, md5).getBytes(StandardCharsets.UTF_8),
                            sign.getBytes(StandardCharsets.UTF_8));
            case Signing.Rsa rsa -> verifies(text, sign, rsa);
        };
    }

    private static boolean verifies(String text, String sign, Signing.Rsa signing) {
        try {
            var signature = Signature.getInstance(RSA);
            signature.initVerify(signing.platform());
            signature.update(text.getBytes(StandardCharsets.UTF_8));
            return signature.verify(Base64.getDecoder().decode(sign));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }
}
