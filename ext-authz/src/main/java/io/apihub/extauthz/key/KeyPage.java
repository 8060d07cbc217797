package io.apihub.extauthz.key;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A small open-addressed table of keys: one page of a {@link KeyIndex}. Written by its builder
 * only, until the index is published; never changed after that. What every request needs of a key
 * stands in one place, two lines of a cache, because among many keys fetching it is what a look-up
 * costs.
 */
final class KeyPage {

    /** Accepted keys of one id over all tenants. */
    static final int MAX_CANDIDATES = 4;

    private static final int FIRST_ROWS = 4;

    // The words of a row.
    private static final int KEY_ID = 0;
    private static final int UID_HIGH = 1;
    private static final int UID_LOW = 2;
    private static final int DIGEST = 3;
    private static final int EXPIRY = DIGEST + DigestWords.COUNT;

    /** The tenant's ordinal, and whether the key is disabled in the lowest bit. */
    private static final int STATE = EXPIRY + 1;

    private static final int WORDS = STATE + 1;
    private static final long DISABLED = 1;

    private int size;
    private long[] rows;
    private @Nullable RareFacts @Nullable [] rare;

    /** Names in UTF-8: needed seldom, so kept as small as they come. */
    private byte[][] names;

    /** Row + 1; 0 = free. Its length is a power of two, at least twice the rows. */
    private char[] slots;

    KeyPage() {
        rows = new long[WORDS * FIRST_ROWS];
        names = new byte[FIRST_ROWS][];
        slots = new char[2 * FIRST_ROWS];
    }

    private KeyPage(KeyPage from) {
        size = from.size;
        rows = from.rows.clone();
        names = from.names.clone();
        rare = from.rare == null ? null : from.rare.clone();
        slots = from.slots.clone();
    }

    KeyPage copy() {
        return new KeyPage(this);
    }

    int size() {
        return size;
    }

    long keyIdAt(int row) {
        return rows[WORDS * row + KEY_ID];
    }

    long uidHighAt(int row) {
        return rows[WORDS * row + UID_HIGH];
    }

    long uidLowAt(int row) {
        return rows[WORDS * row + UID_LOW];
    }

    @Nullable KeyFacts find(long keyId, int hash, CandidateDigests presented, long nowMillis) {
        int mask = slots.length - 1;
        int candidates = 0;
        for (int slot = hash & mask; slots[slot] != 0; slot = (slot + 1) & mask) {
            int row = slots[slot] - 1;
            if (keyIdAt(row) != keyId) {
                continue;
            }
            var digest = presented.of(tenantAt(row));
            if (digest != null && accepts(row, digest, nowMillis)) {
                return factsAt(row);
            }
            if (++candidates == MAX_CANDIDATES) {
                break;
            }
        }
        return null;
    }

    private boolean accepts(int row, DigestWords digest, long nowMillis) {
        boolean same = digest.sameAs(rows, WORDS * row + DIGEST);
        var facts = rareAt(row);
        if (facts == null) {
            return same;
        }
        boolean current =
                facts.digestNotAfterMillis() == 0 || nowMillis < facts.digestNotAfterMillis();
        boolean accepted = same && current;
        for (var previous : facts.previousDigests()) {
            accepted |= previous.matches(digest, nowMillis);
        }
        return accepted;
    }

    private KeyFacts factsAt(int row) {
        return new KeyFacts(
                keyIdAt(row),
                uidHighAt(row),
                uidLowAt(row),
                tenantAt(row),
                (rows[WORDS * row + STATE] & DISABLED) != 0,
                rows[WORDS * row + EXPIRY],
                rareAt(row));
    }

    private int tenantAt(int row) {
        return (int) (rows[WORDS * row + STATE] >> 1);
    }

    /** The key's name; empty if there is no such key. */
    String name(long keyId, long uidHigh, long uidLow, int hash) {
        int row = rowOf(keyId, uidHigh, uidLow, hash);
        return row < 0 ? "" : new String(names[row], StandardCharsets.UTF_8);
    }

    private @Nullable RareFacts rareAt(int row) {
        return rare == null ? null : rare[row];
    }

    /** Adds a key or replaces the one of the same id and uid. Returns whether it was new. */
    boolean put(KeyRow key, int hash) {
        int row = rowOf(key.keyId(), key.uidHigh(), key.uidLow(), hash);
        boolean isNew = row < 0;
        if (isNew) {
            row = append();
            rows[WORDS * row + KEY_ID] = key.keyId();
            rows[WORDS * row + UID_HIGH] = key.uidHigh();
            rows[WORDS * row + UID_LOW] = key.uidLow();
            occupy(row, hash);
        }
        key.digest().writeTo(rows, WORDS * row + DIGEST);
        rows[WORDS * row + EXPIRY] = key.expiresAtMillis();
        rows[WORDS * row + STATE] = ((long) key.tenant() << 1) | (key.disabled() ? DISABLED : 0);
        names[row] = key.name().getBytes(StandardCharsets.UTF_8);
        putRare(row, key.rare());
        return isNew;
    }

    private int rowOf(long keyId, long uidHigh, long uidLow, int hash) {
        int mask = slots.length - 1;
        for (int slot = hash & mask; slots[slot] != 0; slot = (slot + 1) & mask) {
            int row = slots[slot] - 1;
            if (keyIdAt(row) == keyId && uidHighAt(row) == uidHigh && uidLowAt(row) == uidLow) {
                return row;
            }
        }
        return -1;
    }

    private int append() {
        if (size == Character.MAX_VALUE) {
            throw new IllegalStateException("more than 65535 keys on one page");
        }
        if (size == names.length) {
            resize(size + (size >> 1) + 1);
        }
        return size++;
    }

    private void resize(int count) {
        rows = Arrays.copyOf(rows, WORDS * count);
        names = Arrays.copyOf(names, count);
        rare = rare == null ? null : Arrays.copyOf(rare, count);
    }

    private void occupy(int row, int hash) {
        if (2 * size > slots.length) {
            rehash();
        } else {
            place(row, hash);
        }
    }

    private void rehash() {
        slots = new char[Math.max(2 * FIRST_ROWS, Integer.highestOneBit(2 * size - 1) << 1)];
        for (int row = 0; row < size; row++) {
            place(row, KeyIndex.hash(keyIdAt(row)));
        }
    }

    private void place(int row, int hash) {
        int mask = slots.length - 1;
        int slot = hash & mask;
        while (slots[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        slots[slot] = (char) (row + 1);
    }

    private void putRare(int row, @Nullable RareFacts facts) {
        if (rare == null && facts != null) {
            rare = new RareFacts[names.length];
        }
        if (rare != null) {
            rare[row] = facts;
        }
    }

    /** Removes a row: the last one takes its place. */
    void removeAt(int row) {
        int last = --size;
        System.arraycopy(rows, WORDS * last, rows, WORDS * row, WORDS);
        names[row] = names[last];
        if (rare != null) {
            rare[row] = rare[last];
            rare[last] = null;
        }
        rehash();
    }

    void trim() {
        if (size < names.length) {
            resize(size);
        }
    }
}
