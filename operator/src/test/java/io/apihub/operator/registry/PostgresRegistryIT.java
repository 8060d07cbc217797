package io.apihub.operator.registry;

import static io.apihub.operator.registry.RegistryFixtures.book;
import static io.apihub.operator.registry.RegistryFixtures.digest;
import static io.apihub.operator.registry.RegistryFixtures.key;
import static io.apihub.operator.registry.RegistryFixtures.model;
import static io.apihub.operator.registry.RegistryFixtures.tenant;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.apihub.operator.registry.Outcome.Absent;
import io.apihub.operator.registry.Outcome.Accepted;
import io.apihub.operator.registry.Outcome.InForce;
import io.apihub.operator.registry.Outcome.Outdated;
import io.apihub.operator.registry.Outcome.Refusal;
import io.apihub.operator.registry.Outcome.Refused;
import io.apihub.operator.registry.RegistryRow.ApiKeyRow;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PostgresRegistryIT {

    private static RegistryHarness harness;

    private final String cluster = UUID.randomUUID().toString();
    private final PostgresRegistry registry;

    PostgresRegistryIT() {
        RegistryDatabase.prepare(harness.operator(), cluster);
        registry = new PostgresRegistry(harness.operator(), cluster, 1);
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
    void closeRegistry() {
        registry.close();
    }

    @Test
    void aChangedRowTakesTheNextRevisionAndAnUnchangedOneNone() {
        var uid = UUID.randomUUID();

        assertThat(revision(registry.put(tenant(uid, "acme", 1, false)))).isEqualTo(1);
        var same = (InForce) registry.put(tenant(uid, "acme", 1, false));
        assertThat(same.revision()).isEqualTo(1);
        assertThat(same.written()).isFalse();
        assertThat(revision(registry.put(tenant(uid, "acme", 2, true)))).isEqualTo(2);
        assertThat(head().revision()).isEqualTo(2);
    }

    @Test
    void whatANewLeaderFindsUnchangedNeedsNoTransaction() throws Exception {
        var same = UUID.randomUUID();
        var other = UUID.randomUUID();
        registry.put(tenant(same, "same", 1, false));
        registry.put(tenant(other, "other", 1, false));

        try (var next = new PostgresRegistry(harness.operator(), cluster, 2)) {
            next.recall();
            try (var holder = harness.operator().getConnection()) {
                holder.setAutoCommit(false);
                HeadRow.lock(holder, cluster, 2); // every transaction would wait for it
                var known =
                        assertTimeoutPreemptively(
                                Duration.ofSeconds(30),
                                () -> (InForce) next.put(tenant(same, "same", 1, false)));
                assertThat(known.revision()).isEqualTo(1);
                assertThat(known.written()).isFalse();
                holder.rollback();
            }
            assertThat(revision(next.put(tenant(other, "other", 2, true)))).isEqualTo(3);
            next.remove(new RegistryKey(RegistryKind.TENANT, same));
            assertThat(next.put(tenant(same, "same", 1, false))).isInstanceOf(Refused.class);
        }
    }

    @Test
    void anOldGenerationIsIgnoredEvenAfterOneThatChangedNothing() {
        var uid = UUID.randomUUID();
        registry.put(tenant(uid, "acme", 3, false));
        registry.put(tenant(uid, "acme", 5, false));

        assertThat(registry.put(tenant(uid, "acme", 4, true))).isEqualTo(new Outdated());
        assertThat(head().revision()).isEqualTo(1);
    }

    @Test
    void aLeaderWhoseTermIsOverCanNotWrite() {
        try (var next = new PostgresRegistry(harness.operator(), cluster, 2)) {
            next.put(tenant(UUID.randomUUID(), "acme", 1, false));
        }

        assertThatThrownBy(() -> registry.put(tenant(UUID.randomUUID(), "other", 1, false)))
                .isInstanceOf(FencedException.class);
        assertThat(head().term()).isEqualTo(2);
        assertThat(head().revision()).isEqualTo(1);
    }

    @Test
    void aRemovedRowIsATombstoneThatNeverComesBack() throws SQLException {
        var uid = UUID.randomUUID();
        var key = new RegistryKey(RegistryKind.TENANT, uid);
        registry.put(tenant(uid, "acme", 1, false));

        assertThat(registry.remove(key)).isInstanceOf(Absent.class);
        registry.remove(key);

        assertThat(head().revision()).isEqualTo(2);
        assertThat(refusal(registry.put(tenant(uid, "acme", 9, false)))).isEqualTo(Refusal.DELETED);
        assertThat(count("tenant", "deleted_at IS NOT NULL")).isEqualTo("1");
    }

    @Test
    void aModelMayGoAndComeBack() {
        registry.put(model("gpt-4o", 128_000));
        registry.remove(RegistryKey.model("gpt-4o"));

        assertThat(revision(registry.put(model("gpt-4o", 128_000)))).isEqualTo(3);
    }

    @Test
    void aNamespaceBelongsToTheFirstTenantThatNamesIt() {
        registry.put(tenant(UUID.randomUUID(), "acme", 1, false));
        var other = tenant(UUID.randomUUID(), "other", 1, false);
        var policy = other.policy().toBuilder().setNamespace("acme").build();

        assertThat(registry.put(new RegistryRow.TenantRow(other.uid(), 1, policy, 0)))
                .isEqualTo(new Refused(Refusal.NAMESPACE_TAKEN, "acme"));
    }

    @Test
    void aResourceThatWentWithoutItsFinalizerIsBuriedByItsSuccessor() throws SQLException {
        registry.put(tenant(UUID.randomUUID(), "acme", 1, false));

        assertThat(revision(registry.put(tenant(UUID.randomUUID(), "acme", 1, false))))
                .isEqualTo(2);
        assertThat(count("tenant", "revision = 2")).isEqualTo("2");
        assertThat(count("tenant", "deleted_at IS NULL")).isEqualTo("1");
    }

    @Test
    void aKeyIdIsUniqueWithinItsTenantAndSharedByAtMostFour() {
        var tenant = UUID.randomUUID();
        registry.put(key(tenant, UUID.randomUUID(), "first", 7));

        assertThat(registry.put(key(tenant, UUID.randomUUID(), "second", 7)))
                .isEqualTo(new Refused(Refusal.KEY_ID_CONFLICT, "acme/first"));
        for (int i = 2; i <= 4; i++) {
            assertThat(registry.put(key(UUID.randomUUID(), UUID.randomUUID(), "k" + i, 7)))
                    .isInstanceOf(InForce.class);
        }
        assertThat(refusal(registry.put(key(UUID.randomUUID(), UUID.randomUUID(), "fifth", 7))))
                .isEqualTo(Refusal.KEY_ID_EXHAUSTED);
    }

    @Test
    void aRotatedAwayDigestNeverBecomesActiveAgain() {
        var tenant = UUID.randomUUID();
        var uid = UUID.randomUUID();
        registry.put(key(tenant, uid, "ci", 7, digest(1), 1));
        registry.put(key(tenant, uid, "ci", 7, digest(2), 2));

        assertThat(refusal(registry.put(key(tenant, uid, "ci", 7, digest(1), 3))))
                .isEqualTo(Refusal.DIGEST_RETIRED);
    }

    @Test
    void aRevokedDigestIsRefusedToOlderObjectsOnly() {
        var tenant = UUID.randomUUID();
        var uid = UUID.randomUUID();
        registry.put(key(tenant, uid, "ci", 7));
        registry.remove(new RegistryKey(RegistryKind.API_KEY, uid));
        var restored = key(tenant, UUID.randomUUID(), "ci", 7);
        var later = Instant.now().plusSeconds(60);

        assertThat(refusal(registry.put(restored))).isEqualTo(Refusal.DIGEST_RETIRED);
        assertThat(registry.put(new ApiKeyRow(1, "acme", restored.policy(), later, 100)))
                .isInstanceOf(InForce.class);
    }

    @Test
    void aTenantHasNoMoreKeysThanItMay() {
        var tenant = UUID.randomUUID();
        var first = UUID.randomUUID();
        registry.put(atMostOne(key(tenant, first, "first", 1)));

        assertThat(registry.put(atMostOne(key(tenant, UUID.randomUUID(), "second", 2))))
                .isEqualTo(new Refused(Refusal.TOO_MANY_KEYS, "1"));
        registry.remove(new RegistryKey(RegistryKind.API_KEY, first));
        assertThat(registry.put(atMostOne(key(tenant, UUID.randomUUID(), "second", 2))))
                .isInstanceOf(InForce.class);
    }

    @Test
    void whatWasTakenAwayHasARevisionThatGatewaysMustAck() {
        registry.put(model("gone", 10));
        var key = model("gone", 10).key();

        assertThat(registry.remove(key)).isEqualTo(new Absent(2));
        assertThat(head().revision()).isEqualTo(2);
        assertThat(registry.remove(key)).isEqualTo(new Absent(0));
    }

    @Test
    void theBookInForceIsTheLatestThatHasBegun() {
        var books = new AcceptedBooks(harness.operator(), cluster);
        assertThat(books.inForce()).isEmpty();

        var january = Instant.parse("2026-01-01T00:00:00Z");
        registry.put(book(UUID.randomUUID(), "jan", january, 10));
        registry.put(book(UUID.randomUUID(), "far", Instant.parse("2999-01-01T00:00:00Z"), 10));
        var inForce = books.inForce().orElseThrow();
        assertThat(inForce.name()).isEqualTo("jan");
        assertThat(inForce.unpriced(List.of("any"))).isEmpty();

        registry.put(book(UUID.randomUUID(), "feb", january.plusSeconds(1), 20));
        assertThat(books.inForce().orElseThrow().name()).isEqualTo("feb");
    }

    @Test
    void aPriceBookIsAcceptedOnceAndOutlivesItsResource() throws SQLException {
        var uid = UUID.randomUUID();
        var from = Instant.parse("2026-01-01T00:00:00Z");
        var accepted = (Accepted) registry.put(book(uid, "jan", from, 10));

        assertThat(accepted.inForceFrom()).isAfter(from);
        assertThat(registry.put(book(uid, "jan", from, 10))).isEqualTo(accepted);
        assertThat(registry.put(book(UUID.randomUUID(), "copy", from, 99)))
                .isEqualTo(new Refused(Refusal.SAME_INSTANT, "jan"));
        registry.remove(new RegistryKey(RegistryKind.PRICE_BOOK, uid));
        assertThat(registry.put(book(UUID.randomUUID(), "jan", from, 10))).isEqualTo(accepted);
        assertThat(
                        harness.one(
                                "SELECT input FROM registry.price WHERE version = "
                                        + accepted.version()))
                .isEqualTo("10");
        assertThat(head().revision()).isEqualTo(1);
    }

    @Test
    void manyWritersShareFewRevisionsInCommitOrder() throws Exception {
        var tenant = UUID.randomUUID();
        var writes = new ArrayList<Future<Outcome>>();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 2_000; i++) {
                var row = key(tenant, UUID.randomUUID(), "k" + i, i);
                writes.add(callers.submit(() -> registry.put(row)));
            }
        }
        var byRevision = new TreeMap<Long, Instant>();
        for (var write : writes) {
            var inForce = (InForce) write.get();
            byRevision.put(inForce.revision(), inForce.changedAt());
        }

        assertThat(byRevision.lastKey()).isEqualTo(head().revision()).isLessThan(500);
        assertThat(List.copyOf(byRevision.values())).isSorted();
    }

    @Test
    void twoRowsOfOneGroupThatBreakARuleBetweenThemselvesEndAsOneAndARefusal() throws Exception {
        var tenant = UUID.randomUUID();
        var kinds = new HashMap<Class<?>, Integer>();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = new ArrayList<Future<Outcome>>();
            for (int i = 0; i < 20; i++) {
                var row = key(tenant, UUID.randomUUID(), "k" + i, 7);
                calls.add(callers.submit(() -> registry.put(row)));
            }
            for (var call : calls) {
                kinds.merge(call.get().getClass(), 1, Integer::sum);
            }
        }
        assertThat(kinds).containsEntry(InForce.class, 1).containsEntry(Refused.class, 19);
    }

    private static ApiKeyRow atMostOne(ApiKeyRow row) {
        return new ApiKeyRow(row.generation(), row.namespace(), row.policy(), row.createdAt(), 1);
    }

    private static long revision(Outcome outcome) {
        return ((InForce) outcome).revision();
    }

    private static Refusal refusal(Outcome outcome) {
        return ((Refused) outcome).refusal();
    }

    private Head head() {
        return RegistryDatabase.head(harness.operator(), cluster);
    }

    private String count(String table, String where) throws SQLException {
        return harness.one(
                "SELECT count(*) FROM registry.%s WHERE cluster = '%s' AND %s"
                        .formatted(table, cluster, where));
    }
}
