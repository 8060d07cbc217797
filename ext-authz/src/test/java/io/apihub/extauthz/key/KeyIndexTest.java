package io.apihub.extauthz.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.model.price.ModelPattern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KeyIndexTest {

    private static final long NOW = 1_000_000;

    @Test
    void aKeyIsFoundByItsIdAndDigestOnly() {
        var index = indexOf(key(7, 1, 0));

        assertThat(index.find(7, digestOf(1), NOW)).isNotNull();
        assertThat(index.find(7, digestOf(2), NOW)).isNull();
        assertThat(index.find(8, digestOf(1), NOW)).isNull();
    }

    @Test
    void theDigestsOfFourTenantsMayShareAnId() {
        var index = indexOf(key(7, 1, 0), key(7, 2, 1), key(7, 3, 2), key(7, 4, 3), key(7, 5, 4));

        for (int tenant = 0; tenant < 4; tenant++) {
            int owner = tenant;
            var found = index.find(7, t -> t == owner ? digest(owner + 1) : digest(99), NOW);
            assertThat(found).isNotNull().extracting(KeyFacts::tenant).isEqualTo(owner);
        }
        assertThat(index.find(7, t -> t == 4 ? digest(5) : digest(99), NOW)).isNull();
    }

    @Test
    void aKeyOfAnUnknownTenantIsWorthNothing() {
        assertThat(indexOf(key(7, 1, 0)).find(7, tenant -> null, NOW)).isNull();
    }

    @Test
    void aRotatedDigestWorksUntilItsEnd() {
        var rare =
                new RareFacts(
                        0,
                        List.of(),
                        List.of(),
                        0,
                        List.of(new RareFacts.PreviousDigest(digest(2), NOW)));
        var index = indexOf(new KeyRow(7, 1, 1, 0, digest(1), false, 0, rare, "a-key"));

        assertThat(index.find(7, digestOf(1), NOW)).isNotNull();
        assertThat(index.find(7, digestOf(2), NOW - 1)).isNotNull();
        assertThat(index.find(7, digestOf(2), NOW)).isNull();
    }

    @Test
    void aCurrentDigestWithAnEndEnds() {
        var rare = new RareFacts(0, List.of(), List.of(), NOW, List.of());
        var index = indexOf(new KeyRow(7, 1, 1, 0, digest(1), false, 0, rare, "a-key"));

        assertThat(index.find(7, digestOf(1), NOW - 1)).isNotNull();
        assertThat(index.find(7, digestOf(1), NOW)).isNull();
    }

    @Test
    void aChangeLeavesTheOldIndexAsItWas() {
        var before = indexOf(key(7, 1, 0));

        var change = before.change();
        change.remove(7, 7);
        change.put(key(8, 2, 0));
        var after = change.build();

        assertThat(before.find(7, digestOf(1), NOW)).isNotNull();
        assertThat(before.find(8, digestOf(2), NOW)).isNull();
        assertThat(after.find(7, digestOf(1), NOW)).isNull();
        assertThat(after.find(8, digestOf(2), NOW)).isNotNull();
        assertThat(after.size()).isEqualTo(1);
    }

    @Test
    void anObjectWhoseIdChangedIsNotFoundUnderTheOldOne() {
        var change = indexOf(key(7, 1, 0)).change();
        change.put(new KeyRow(9, 7, 7, 0, digest(1), false, 0, null, "a-key"));
        var after = change.build();

        assertThat(after.find(7, digestOf(1), NOW)).isNull();
        assertThat(after.find(9, digestOf(1), NOW)).isNotNull();
    }

    @Test
    void anyMixOfChangesEndsLikeAPlainMap() {
        for (long seed = 0; seed < 20; seed++) {
            compareWithAMap(new SplittableRandom(seed), "seed " + seed);
        }
    }

    private static void compareWithAMap(SplittableRandom random, String seed) {
        var index = KeyIndex.EMPTY;
        Map<Long, KeyRow> expected = new HashMap<>();
        for (int step = 0; step < 30; step++) {
            var change = index.change();
            for (int i = random.nextInt(200); i > 0; i--) {
                long uid = random.nextLong(500);
                if (random.nextInt(3) == 0) {
                    change.remove(uid, uid);
                    expected.remove(uid);
                } else {
                    var row = randomRow(random, uid);
                    change.put(row);
                    expected.put(uid, row);
                }
            }
            index = change.build();
            assertThat(index.size()).as(seed).isEqualTo(expected.size());
        }
        for (var row : expected.values()) {
            var found = index.find(row.keyId(), tenant -> row.digest(), NOW);
            assertThat(found)
                    .as(seed)
                    .isEqualTo(
                            new KeyFacts(
                                    row.keyId(),
                                    row.uidHigh(),
                                    row.uidLow(),
                                    row.tenant(),
                                    row.disabled(),
                                    row.expiresAtMillis(),
                                    row.rare()));
        }
    }

    private static KeyRow randomRow(SplittableRandom random, long uid) {
        var rare =
                random.nextInt(10) == 0
                        ? new RareFacts(
                                5, List.of(new ModelPattern("gpt-*")), List.of(), 0, List.of())
                        : null;
        return new KeyRow(
                uid * 31,
                uid,
                uid,
                random.nextInt(9),
                digest(random.nextInt()),
                random.nextBoolean(),
                random.nextInt(3),
                rare,
                "a-key");
    }

    @Test
    void aMillionKeysTakeAtMost120BytesEachAndADeltaIsQuick() {
        int keys = 1_000_000;
        long before = usedHeap();

        var index = manyKeys(keys);
        long bytesPerKey = (usedHeap() - before) / keys;
        long started = System.nanoTime();
        var change = index.change();
        change.put(key(-5, 1, 0));
        change.remove(77, 77);
        var changed = change.build();
        long deltaMillis = (System.nanoTime() - started) / 1_000_000;

        assertThat(index.size()).isEqualTo(keys);
        assertThat(changed.size()).isEqualTo(keys);
        assertThat(changed.find(77, digestOf(77), NOW)).isNull();
        assertThat(index.find(77, digestOf(77), NOW)).isNotNull();
        assertThat(bytesPerKey).isBetween(60L, 120L);
        assertThat(deltaMillis).isLessThan(2_000);
    }

    private static KeyIndex manyKeys(int keys) {
        var change = KeyIndex.EMPTY.change();
        for (int i = 0; i < keys; i++) {
            change.put(key(i, i, 0));
        }
        return change.build();
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static KeyIndex indexOf(KeyRow... rows) {
        var change = KeyIndex.EMPTY.change();
        for (var row : new ArrayList<>(List.of(rows))) {
            change.put(row);
        }
        return change.build();
    }

    /** A key whose uid follows from id and tenant. */
    private static KeyRow key(long id, long secret, int tenant) {
        return new KeyRow(id, id, id + tenant, tenant, digest(secret), false, 0, null, "a-key");
    }

    private static CandidateDigests digestOf(long secret) {
        return tenant -> digest(secret);
    }

    private static DigestWords digest(long secret) {
        return new DigestWords(1, 2, 3, secret);
    }
}
