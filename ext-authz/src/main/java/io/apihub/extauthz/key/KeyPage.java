package io.apihub.extauthz.key;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A small open-addressed table of keys in columns: one page of a {@link KeyIndex}. Written by its
 * builder only, until the index is published; never changed after that.
 */
final class KeyPage {

    /** Accepted keys of one id over all tenants. */
    static final int MAX_CANDIDATES = 4;

    private static final int WORDS = DigestWords.COUNT;
    private static final byte DISABLED = 1;
    private static final int FIRST_ROWS = 4;

    private int size;
    private long[] keyIds;
    private long[] uids;
    private long[] digests;
    private int[] tenants;
    private long[] expiries;
    private byte[] flags;
    private @Nullable RareFacts @Nullable [] rare;

    /** Names in UTF-8: needed seldom, so kept as small as they come. */
    private byte[][] names;

    /** Row + 1; 0 = free. Its length is a power of two, at least twice the rows. */
    private char[] slots;

    KeyPage() {
        keyIds = new long[FIRST_ROWS];
        uids = new long[2 * FIRST_ROWS];
        digests = new long[WORDS * FIRST_ROWS];
        tenants = new int[FIRST_ROWS];
        expiries = new long[FIRST_ROWS];
        flags = new byte[FIRST_ROWS];
        names = new byte[FIRST_ROWS][];
        slots = new char[2 * FIRST_ROWS];
    }

    private KeyPage(KeyPage from) {
        size = from.size;
        keyIds = from.keyIds.clone();
        uids = from.uids.clone();
        digests = from.digests.clone();
        tenants = from.tenants.clone();
        expiries = from.expiries.clone();
        flags = from.flags.clone();
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
        return keyIds[row];
    }

    long uidHighAt(int row) {
        return uids[2 * row];
    }

    long uidLowAt(int row) {
        return uids[2 * row + 1];
    }

    @Nullable KeyFacts find(long keyId, int hash, CandidateDigests presented, long nowMillis) {
        int mask = slots.length - 1;
        int candidates = 0;
        for (int slot = hash & mask; slots[slot] != 0; slot = (slot + 1) & mask) {
            int row = slots[slot] - 1;
            if (keyIds[row] != keyId) {
                continue;
            }
            var digest = presented.of(tenants[row]);
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
        boolean same = digest.sameAs(digests, WORDS * row);
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
                keyIds[row],
                uids[2 * row],
                uids[2 * row + 1],
                tenants[row],
                (flags[row] & DISABLED) != 0,
                expiries[row],
                rareAt(row));
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
            keyIds[row] = key.keyId();
            uids[2 * row] = key.uidHigh();
            uids[2 * row + 1] = key.uidLow();
            occupy(row, hash);
        }
        tenants[row] = key.tenant();
        expiries[row] = key.expiresAtMillis();
        flags[row] = key.disabled() ? DISABLED : 0;
        names[row] = key.name().getBytes(StandardCharsets.UTF_8);
        key.digest().writeTo(digests, WORDS * row);
        putRare(row, key.rare());
        return isNew;
    }

    private int rowOf(long keyId, long uidHigh, long uidLow, int hash) {
        int mask = slots.length - 1;
        for (int slot = hash & mask; slots[slot] != 0; slot = (slot + 1) & mask) {
            int row = slots[slot] - 1;
            if (keyIds[row] == keyId && uids[2 * row] == uidHigh && uids[2 * row + 1] == uidLow) {
                return row;
            }
        }
        return -1;
    }

    private int append() {
        if (size == Character.MAX_VALUE) {
            throw new IllegalStateException("more than 65535 keys on one page");
        }
        if (size == keyIds.length) {
            resize(size + (size >> 1) + 1);
        }
        return size++;
    }

    private void resize(int rows) {
        keyIds = Arrays.copyOf(keyIds, rows);
        uids = Arrays.copyOf(uids, 2 * rows);
        digests = Arrays.copyOf(digests, WORDS * rows);
        tenants = Arrays.copyOf(tenants, rows);
        expiries = Arrays.copyOf(expiries, rows);
        flags = Arrays.copyOf(flags, rows);
        names = Arrays.copyOf(names, rows);
        rare = rare == null ? null : Arrays.copyOf(rare, rows);
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
            place(row, KeyIndex.hash(keyIds[row]));
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
            rare = new RareFacts[keyIds.length];
        }
        if (rare != null) {
            rare[row] = facts;
        }
    }

    /** Removes a row: the last one takes its place. */
    void removeAt(int row) {
        int last = --size;
        keyIds[row] = keyIds[last];
        uids[2 * row] = uids[2 * last];
        uids[2 * row + 1] = uids[2 * last + 1];
        System.arraycopy(digests, WORDS * last, digests, WORDS * row, WORDS);
        tenants[row] = tenants[last];
        expiries[row] = expiries[last];
        flags[row] = flags[last];
        names[row] = names[last];
        if (rare != null) {
            rare[row] = rare[last];
            rare[last] = null;
        }
        rehash();
    }

    void trim() {
        if (size < keyIds.length) {
            resize(size);
        }
    }
}
