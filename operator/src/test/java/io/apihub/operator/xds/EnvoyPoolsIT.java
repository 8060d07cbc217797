package io.apihub.operator.xds;

import static io.apihub.operator.xds.Samples.member;
import static io.apihub.operator.xds.Samples.pool;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.dev.process.Await;
import io.apihub.dev.process.Ports;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a real Envoy chooses among the members of a pool, and what each of them gets. */
final class EnvoyPoolsIT {

    private static final String CHAT = "/v1/chat/completions";

    private static Gateway gateway;

    private FakeUpstream one;
    private FakeUpstream two;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        gateway = Gateway.start(Map.of());
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
    }

    @BeforeEach
    void open() throws IOException {
        one = FakeUpstream.start();
        two = FakeUpstream.start();
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    @Test
    void membersShareByWeightEachWithItsOwnCredential() throws IOException, InterruptedException {
        serve(pool("pool/w", member("a", one.url(), 0, 3), member("b", two.url(), 0, 1)));

        send(80, 200);

        assertThat(one.asked().size()).isBetween(50, 70);
        assertThat(two.asked()).hasSize(80 - one.asked().size());
        assertThat(one.asked())
                .allMatch(a -> a.header("authorization").equals("Bearer upstream-a"));
        assertThat(two.asked())
                .allMatch(a -> a.header("authorization").equals("Bearer upstream-b"));
    }

    @Test
    void twoAccountsAtTheSameAddressBothServe() throws IOException, InterruptedException {
        serve(pool("pool/same", member("a", one.url()), member("b", one.url())));

        send(20, 200);

        assertThat(one.asked())
                .extracting(asked -> asked.header("authorization"))
                .contains("Bearer upstream-a", "Bearer upstream-b");
    }

    @Test
    void theNextPriorityServesWhenTheFirstIsDown() throws IOException, InterruptedException {
        String dead = "http://127.0.0.1:" + Ports.free();
        serve(pool("pool/p", member("a", dead, 0, 1), member("b", two.url(), 50, 1)));

        send(20, 200);

        assertThat(two.asked()).hasSize(20);
    }

    @Test
    void theFirstPriorityServesAloneWhileItLives() throws IOException, InterruptedException {
        serve(pool("pool/q", member("a", one.url(), 3, 1), member("b", two.url(), 50, 9)));

        send(20, 200);

        assertThat(one.asked()).hasSize(20);
    }

    @Test
    void aDrainingMemberGetsNothingNew() throws IOException, InterruptedException {
        serve(
                pool(
                        "pool/d",
                        member("a", one.url(), new PoolMember.Share(0, 9, true)),
                        member("b", two.url())));

        send(10, 200);

        assertThat(one.asked()).isEmpty();
    }

    @Test
    void aPoolThatDrainsAltogetherHasNoUpstream() throws IOException, InterruptedException {
        serve(pool("pool/e", member("a", one.url(), new PoolMember.Share(0, 9, true))));

        send(1, 503);
    }

    @Test
    void anotherCredentialHeaderAndNone() throws IOException, InterruptedException {
        Pool.Settings apiKey =
                new Pool.Settings(
                        Duration.ofSeconds(2), Optional.of("x-api-key"), Optional.empty());
        Pool.Settings open =
                new Pool.Settings(Duration.ofSeconds(2), Optional.empty(), Optional.empty());
        serve(new Pool("pool/k", apiKey, List.of(member("a", one.url()))));
        send(1, 200);
        assertThat(one.last().header("x-api-key")).isEqualTo("Bearer upstream-a");
        assertThat(one.last().headers().containsKey("authorization")).isFalse();

        PoolMember without =
                new PoolMember(
                        "n",
                        Origin.of(one.url()),
                        TlsTrust.SYSTEM,
                        Optional.empty(),
                        new PoolMember.Share(0, 1, false));
        serve(new Pool("pool/o", open, List.of(without)));
        send(1, 200);
        assertThat(one.last().headers().containsKey("authorization")).isFalse();
        assertThat(one.last().headers().containsKey("x-api-key")).isFalse();
    }

    @Test
    void aMemberThatFailsItsProbeGetsNothing() throws IOException, InterruptedException {
        one.answerWith(500);
        Pool.Settings probed =
                new Pool.Settings(
                        Duration.ofSeconds(2),
                        Optional.of("authorization"),
                        Optional.of(new Pool.Probe("/healthz", Duration.ofMillis(100))));
        serve(new Pool("pool/h", probed, List.of(member("a", one.url()), member("b", two.url()))));

        send(10, 200);

        assertThat(one.asked()).isNotEmpty().allMatch(a -> a.target().equals("/healthz"));
        assertThat(two.asked())
                .filteredOn(a -> a.target().equals("/healthz"))
                .allMatch(a -> two.url().endsWith(a.header("host")));
    }

    @Test
    void tlsIsOfTheMemberAndVerified(@TempDir Path directory)
            throws IOException, InterruptedException, GeneralSecurityException {
        TestCertificate certificate = TestCertificate.of(directory, "dns:upstream.test");
        try (FakeUpstream secure = FakeUpstream.start(certificate.server())) {
            serve(
                    pool(
                            "pool/tls",
                            secure("t", secure, certificate.pem(), "upstream.test"),
                            member("plain", one.url())));
            send(20, 200);
            assertThat(secure.asked())
                    .isNotEmpty()
                    .allMatch(a -> a.header("authorization").equals("Bearer upstream-t"));
            assertThat(one.asked())
                    .isNotEmpty()
                    .allMatch(a -> a.header("authorization").equals("Bearer upstream-plain"));

            int before = secure.asked().size();
            serve(pool("pool/wrong", secure("t", secure, certificate.pem(), "other.test")));
            send(1, 503);
            assertThat(secure.asked()).hasSize(before);
        }
    }

    private static PoolMember secure(String name, FakeUpstream at, String ca, String serverName) {
        return new PoolMember(
                name,
                Origin.of(at.url()),
                new TlsTrust(Optional.of(ca), Optional.of(serverName)),
                Optional.of(new Credential("Bearer upstream-" + name)),
                new PoolMember.Share(0, 1, false));
    }

    @Test
    void anOpenStreamOutlivesItsPool() throws IOException, InterruptedException {
        serve(pool("pool/going", member("a", one.url())));
        HttpResponse<InputStream> stream = gateway.open(gateway.good("/v1/responses", "{}"));
        byte[] first = stream.body().readNBytes("data: first\n\n".length());
        assertThat(new String(first, StandardCharsets.UTF_8)).isEqualTo("data: first\n\n");

        gateway.publish(pool("pool/other", member("b", two.url())));
        Await.until(
                "the pool to go",
                Duration.ofSeconds(60),
                () -> !gateway.envoy().admin("GET", "/clusters").contains("pool/going"));
        one.release();

        assertThat(stream.body().readAllBytes())
                .isEqualTo("data: last\n\n".getBytes(StandardCharsets.UTF_8));
    }

    private static void serve(Pool pool) throws InterruptedException {
        gateway.publish(pool);
        gateway.authorizer().allowInto(pool.name());
    }

    private static void send(int times, int expected) throws IOException, InterruptedException {
        for (int i = 0; i < times; i++) {
            assertThat(gateway.send(gateway.good(CHAT, "{}")).statusCode()).isEqualTo(expected);
        }
    }
}
