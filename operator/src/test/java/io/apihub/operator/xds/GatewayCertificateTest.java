package io.apihub.operator.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GatewayCertificateTest {

    private static final String NAME = "dns:localhost";

    @TempDir static Path temporary;

    private static TestCertificate elliptic;
    private static TestCertificate rsa;

    @BeforeAll
    static void make() throws Exception {
        elliptic = TestCertificate.of(Files.createDirectory(temporary.resolve("ec")), NAME);
        rsa =
                TestCertificate.of(
                        Files.createDirectory(temporary.resolve("rsa")), NAME, "RSA", 2048);
    }

    @Test
    void aPairIsTakenWithItsChain() {
        var chain = elliptic.pem() + rsa.pem();

        assertThat(new GatewayCertificate(chain, elliptic.keyPem()).chain()).isEqualTo(chain);
        assertThat(new GatewayCertificate(rsa.pem(), rsa.keyPem()).key()).isEqualTo(rsa.keyPem());
    }

    @Test
    void keysAreTakenAsCertManagerWritesThem() {
        var bareRsa = bare("RSA PRIVATE KEY", rsa);
        var bareElliptic = bare("EC PRIVATE KEY", elliptic);

        assertThat(new GatewayCertificate(rsa.pem(), bareRsa).key()).isEqualTo(bareRsa);
        assertThat(new GatewayCertificate(elliptic.pem(), bareElliptic).key())
                .isEqualTo(bareElliptic);
    }

    /** What PKCS #8 has after a version of three bytes and the algorithm. */
    private static String bare(String what, TestCertificate certificate) {
        byte[] wrapped = Base64.getMimeDecoder().decode(body(certificate.keyPem()));
        int algorithm = contentAt(wrapped, 0) + 3;
        int key = contentAt(wrapped, algorithm) + wrapped[algorithm + 1];
        return TestCertificate.pem(
                what, Arrays.copyOfRange(wrapped, contentAt(wrapped, key), wrapped.length));
    }

    private static int contentAt(byte[] der, int place) {
        int length = Byte.toUnsignedInt(der[place + 1]);
        return place + 2 + (length < 0x80 ? 0 : length & 0x7f);
    }

    private static String body(String pem) {
        return pem.lines().filter(line -> !line.startsWith("-----")).reduce("", String::concat);
    }

    @Test
    void whatEnvoyWouldRefuseIsRefusedWithWordsAndWithoutTheKey() throws Exception {
        var small =
                TestCertificate.of(
                        Files.createDirectory(temporary.resolve("small")), NAME, "RSA", 1024);
        var other = TestCertificate.of(Files.createDirectory(temporary.resolve("other")), NAME);

        refused("", elliptic.keyPem(), "tls.crt has no certificate");
        refused("nothing of the kind", elliptic.keyPem(), "tls.crt");
        refused(elliptic.pem(), "", "tls.key has no private key");
        refused(elliptic.pem(), elliptic.pem(), "tls.key has no private key");
        refused(elliptic.pem(), other.keyPem(), "tls.key is not the key of tls.crt");
        refused(elliptic.pem(), rsa.keyPem(), "tls.key can't be read as the key of tls.crt");
        refused(
                elliptic.pem(),
                TestCertificate.pem("EC PRIVATE KEY", new byte[] {1, 2, 3}),
                "tls.key can't be read");
        refused(small.pem(), small.keyPem(), "less than 2048 bits");
    }

    private static void refused(String chain, String key, String words) {
        assertThatThrownBy(() -> new GatewayCertificate(chain, key))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }

    @Test
    void nothingOfItPrints() {
        assertThat(elliptic.forGateway().toString()).isEqualTo("***");
    }
}
