package io.apihub.operator.xds;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the texts of a Secret of type {@code kubernetes.io/tls}. */
final class Pem {

    private static final Pattern KEY =
            Pattern.compile("-----BEGIN (|RSA |EC )PRIVATE KEY-----([^-]*)-----END \\1PRIVATE KEY");

    private Pem() {}

    /** At least one. */
    static List<X509Certificate> certificates(String text) {
        try {
            var found =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(
                                    new ByteArrayInputStream(
                                            text.getBytes(StandardCharsets.US_ASCII)));
            if (found.isEmpty()) {
                throw new IllegalArgumentException("tls.crt has no certificate");
            }
            return found.stream().map(X509Certificate.class::cast).toList();
        } catch (CertificateException e) {
            throw new IllegalArgumentException("tls.crt is no chain of certificates in PEM", e);
        }
    }

    /**
     * A private key in PKCS #8.
     *
     * @param wrap makes that of a bare one (PKCS #1, SEC 1), as cert-manager writes it
     */
    static byte[] key(String text, UnaryOperator<byte[]> wrap) {
        Matcher found = KEY.matcher(text);
        if (!found.find()) {
            throw new IllegalArgumentException("tls.key has no private key in PEM");
        }
        byte[] der;
        try {
            der = Base64.getMimeDecoder().decode(found.group(2));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("tls.key is no private key in PEM", e);
        }
        return found.group(1).isEmpty() ? der : wrap.apply(der);
    }
}
