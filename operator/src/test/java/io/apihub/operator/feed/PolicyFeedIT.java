package io.apihub.operator.feed;

import static io.apihub.operator.Eventually.eventually;
import static io.apihub.operator.registry.RegistryFixtures.book;
import static io.apihub.operator.registry.RegistryFixtures.key;
import static io.apihub.operator.registry.RegistryFixtures.model;
import static io.apihub.operator.registry.RegistryFixtures.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.operator.grpc.GrpcServers;
import io.apihub.operator.registry.GatewaySession;
import io.apihub.operator.registry.GatewaySessions;
import io.apihub.operator.registry.PostgresRegistry;
import io.apihub.operator.registry.RegistryDatabase;
import io.apihub.operator.registry.RegistryHarness;
import io.apihub.operator.registry.RegistryKey;
import io.apihub.operator.registry.RegistryKind;
import io.apihub.operator.registry.RegistryListener;
import io.apihub.operator.registry.Uuids;
import io.apihub.policy.v1.Hello;
import io.grpc.Server;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PolicyFeedIT {

    private static RegistryHarness harness;

    private final String cluster = UUID.randomUUID().toString();
    private final UUID tenant = UUID.randomUUID();
    private final GatewaySessions sessions;
    private final PostgresRegistry registry;
    private final GatewayRoster roster;
    private final RegistryListener listener;
    private final Server server;

    PolicyFeedIT() throws Exception {
        RegistryDatabase.prepare(harness.operator(), cluster);
        registry = new PostgresRegistry(harness.operator(), cluster, 1);
        sessions = new GatewaySessions(harness.operator(), cluster, "operator-0");
        roster = new GatewayRoster(sessions, InstantSource.system());
        var reader = new FeedReader(harness.operator(), cluster, System::nanoTime);
        listener = RegistryListener.start(harness.admin(), reader::refresh, () -> {});
        server =
                GrpcServers.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        List.of(
                                new PolicyFeedService(
                                        reader, roster, InstantSource.system(), System::nanoTime)));
    }

    @BeforeAll
    static void startPostgres() throws Exception {
        harness = new RegistryHarness();
    }

    @AfterAll
    static void stopPostgres() throws Exception {
        harness.close();
    }

    @AfterEach
    void stop() {
        server.shutdownNow();
        listener.close();
        roster.close();
        registry.close();
    }

    @Test
    void aGatewayGetsAllThatIsInForceThenEachChange() throws Exception {
        var first = UUID.randomUUID();
        registry.put(tenant(tenant, "acme", 1, false));
        registry.put(key(tenant, first, "first", 1));
        registry.put(model("gpt-4o", 128_000));
        registry.put(book(UUID.randomUUID(), "old", Instant.parse("2026-01-01T00:00:00Z"), 1));
        registry.put(book(UUID.randomUUID(), "new", Instant.parse("2026-02-01T00:00:00Z"), 2));
        registry.put(book(UUID.randomUUID(), "later", Instant.now().plusSeconds(3_600), 3));

        try (var gateway = new FeedClient(server.getPort(), "gw-0")) {
            eventually("the snapshot", () -> gateway.revision() == 6);
            assertThat(gateway.batches().getFirst().getSnapshot()).isTrue();
            assertThat(gateway.keys()).containsOnlyKeys(Uuids.toBytes(first));
            // The book that the second one replaced prices nothing any more.
            assertThat(gateway.others()).hasSize(4);

            var second = UUID.randomUUID();
            registry.put(key(tenant, second, "second", 2));
            eventually("the new key", () -> gateway.keys().size() == 2);
            long before = System.nanoTime();
            registry.remove(new RegistryKey(RegistryKind.API_KEY, first));
            eventually("the removal", () -> gateway.keys().size() == 1);
            System.out.println("revoked after " + (System.nanoTime() - before) / 1_000 + " us");
            registry.remove(RegistryKey.model("gpt-4o"));
            eventually("the model's removal", () -> gateway.others().size() == 3);
            assertThat(gateway.batches()).filteredOn(batch -> batch.getSnapshot()).hasSize(1);
        }
    }

    @Test
    void heartbeatsTellTheHeadSeveralTimesASecond() throws Exception {
        registry.put(tenant(tenant, "acme", 1, false));
        try (var gateway = new FeedClient(server.getPort(), "gw-0")) {
            eventually("heartbeats", () -> gateway.heartbeats().size() >= 8);
            assertThat(gateway.heartbeats().getLast().getHeadRevision()).isEqualTo(1);
            assertThat(gateway.heartbeats().getLast().getTerm()).isEqualTo(1);
        }
    }

    @Test
    void aGatewayThatComesBackGetsOnlyWhatItMissed() throws Exception {
        registry.put(tenant(tenant, "acme", 1, false));
        var first = UUID.randomUUID();
        registry.put(key(tenant, first, "first", 1));
        Hello hello;
        try (var gateway = new FeedClient(server.getPort(), "gw-0")) {
            eventually("the snapshot", () -> gateway.revision() == 2);
            hello =
                    Hello.newBuilder()
                            .setGateway("gw-0")
                            .setEpoch(gateway.epoch())
                            .setRevision(2)
                            .setTerm(1)
                            .build();
        }
        registry.remove(new RegistryKey(RegistryKind.API_KEY, first));
        registry.put(key(tenant, UUID.randomUUID(), "second", 2));

        try (var gateway = new FeedClient(server.getPort(), hello)) {
            eventually("the delta", () -> gateway.revision() == 4);
            assertThat(gateway.batches()).noneMatch(batch -> batch.getSnapshot());
            assertThat(gateway.keys()).hasSize(1);
        }
    }

    @Test
    void aGatewayOfAnotherEpochOrAheadOfTheHeadGetsEverything() throws Exception {
        registry.put(tenant(tenant, "acme", 1, false));
        var other = Hello.newBuilder().setGateway("gw-0").setEpoch("other").setRevision(1);
        try (var gateway = new FeedClient(server.getPort(), other.build())) {
            eventually("the snapshot", () -> gateway.revision() == 1);
            assertThat(gateway.batches().getFirst().getSnapshot()).isTrue();
            var ahead = other.setEpoch(gateway.epoch()).setRevision(99).setGateway("gw-1");
            try (var second = new FeedClient(server.getPort(), ahead.build())) {
                eventually("the snapshot", () -> second.revision() == 1);
                assertThat(second.batches().getFirst().getSnapshot()).isTrue();
            }
        }
    }

    @Test
    void sessionsSayWhatWasAckedAndWhetherTheGatewayCounts() throws Exception {
        registry.put(tenant(tenant, "acme", 1, false));
        try (var gateway = new FeedClient(server.getPort(), "gw-0").acking(false)) {
            eventually("the snapshot", () -> gateway.revision() == 1);
            eventually("a session", () -> !sessions.all().isEmpty());
            assertThat(session().ackedRevision()).isEqualTo(0);
            assertThat(counts(Instant.now())).isTrue();

            gateway.ack();
            eventually("the ack", () -> session().ackedRevision() == 1);
            assertThat(session().ackedAt()).isNotNull();
        }
        assertThat(counts(Instant.now())).isTrue();
        assertThat(counts(Instant.now().plusSeconds(700))).isFalse();

        try (var gateway = new FeedClient(server.getPort(), "gw-0")) {
            eventually("the snapshot", () -> gateway.revision() == 1);
            gateway.goodbye();
            eventually("the goodbye", () -> !counts(Instant.now()));
        }
    }

    @Test
    void oneGatewayOfANameIsServedTheNewest() throws Exception {
        try (var old = new FeedClient(server.getPort(), "gw-0")) {
            eventually("the old one's service", () -> !old.heartbeats().isEmpty());
            try (var fresh = new FeedClient(server.getPort(), "gw-0")) {
                eventually("the old stream's end", old::ended);
                int before = fresh.heartbeats().size();
                eventually("the newest's service", () -> fresh.heartbeats().size() > before);
                assertThat(roster.connected()).isEqualTo(1);
            }
        }
    }

    @Test
    void manyKeysComeInSeveralBatchesAndApplyAtOnce() throws Exception {
        int many = 5_000;
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < many; i++) {
                var row = key(tenant, UUID.randomUUID(), "k" + i, i);
                callers.execute(() -> registry.put(row));
            }
        }
        try (var gateway = new FeedClient(server.getPort(), "gw-0")) {
            eventually("the snapshot", () -> gateway.keys().size() == many);
            assertThat(gateway.batches()).hasSizeGreaterThan(2);
            var complete = new ArrayList<>(gateway.batches());
            complete.removeIf(batch -> !batch.getComplete());
            assertThat(complete).hasSize(1);
        }
    }

    @Test
    void aFeedThatBeginsWithoutAHelloIsRefused() throws Exception {
        try (var nameless = new FeedClient(server.getPort(), "")) {
            eventually("the refusal", () -> nameless.error() != null);
        }
    }

    private GatewaySession session() {
        return sessions.all().getFirst();
    }

    private boolean counts(Instant now) {
        return session().counts(now, Duration.ofMinutes(10));
    }
}
