package io.apihub.extauthz.key;

import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All keys of the installation, immutable: a fixed directory of small pages. A change copies the
 * pages it touches and the directory, never the rest, so readers need no lock and a delta on a
 * million keys costs microseconds. About 120 bytes a key.
 */
public final class KeyIndex {

    public static final KeyIndex EMPTY = new KeyIndex(new KeyPage[KeyIndex.PAGES], 0);

    private static final int PAGE_BITS = 12;
    private static final int PAGES = 1 << PAGE_BITS;

    /** Owners choose ids: without a secret in the hash one could fill a single page. */
    private static final long SEED = new SecureRandom().nextLong();

    private final @Nullable KeyPage[] pages;
    private final int size;

    private KeyIndex(@Nullable KeyPage[] pages, int size) {
        this.pages = pages;
        this.size = size;
    }

    public int size() {
        return size;
    }

    /**
     * Finds the key that a secret belongs to. At most four keys of one id are looked at.
     *
     * @param presented gives the secret's digest under each candidate's tenant
     * @return null if no live digest matches; times of the key itself are the caller's business
     */
    public @Nullable KeyFacts find(long keyId, CandidateDigests presented, long nowMillis) {
        int hash = hash(keyId);
        var page = pages[pageOf(hash)];
        return page == null ? null : page.find(keyId, hash, presented, nowMillis);
    }

    /** The name of a key that was found; empty if it is gone. */
    public String name(KeyFacts key) {
        int hash = hash(key.keyId());
        var page = pages[pageOf(hash)];
        return page == null ? "" : page.name(key.keyId(), key.uidHigh(), key.uidLow(), hash);
    }

    /** Starts a changed copy. */
    public Builder change() {
        return new Builder(this);
    }

    /** Mixes well in every bit (the finalizer of MurmurHash3). */
    static int hash(long keyId) {
        long h = keyId ^ SEED;
        h = (h ^ (h >>> 33)) * 0xff51afd7ed558ccdL;
        h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return (int) (h ^ (h >>> 33));
    }

    private static int pageOf(int hash) {
        return hash >>> (Integer.SIZE - PAGE_BITS);
    }

    /** Collects changes for one thread; {@link #build} ends its life. */
    public static final class Builder {

        private static final long GONE = -1;

        private final @Nullable KeyPage[] pages;
        private final boolean[] owned = new boolean[PAGES];

        /** Where the key of a uid must be, for uids that are new or removed; else it is stale. */
        private final Map<Uid, Long> expected = new HashMap<>();

        private final boolean fromEmpty;
        private int size;

        private Builder(KeyIndex from) {
            pages = from.pages.clone();
            size = from.size;
            fromEmpty = from.size == 0;
        }

        private record Uid(long high, long low) {}

        public void put(KeyRow key) {
            int hash = hash(key.keyId());
            boolean isNew = ownedPage(pageOf(hash)).put(key, hash);
            if (isNew) {
                size++;
            }
            if ((isNew && !fromEmpty) || !expected.isEmpty()) {
                expected.put(new Uid(key.uidHigh(), key.uidLow()), key.keyId());
            }
        }

        public void remove(long uidHigh, long uidLow) {
            expected.put(new Uid(uidHigh, uidLow), GONE);
        }

        public KeyIndex build() {
            if (!expected.isEmpty()) {
                removeStale();
            }
            for (int i = 0; i < PAGES; i++) {
                var page = pages[i];
                if (owned[i] && page != null) {
                    page.trim();
                }
            }
            return new KeyIndex(pages, size);
        }

        /**
         * One pass over all uids: removals name the uid only, and they are rare, so a second index
         * would cost every key memory for nothing.
         */
        private void removeStale() {
            for (int i = 0; i < PAGES; i++) {
                var page = pages[i];
                for (int row = page == null ? -1 : page.size() - 1; row >= 0; row--) {
                    page = Objects.requireNonNull(pages[i]);
                    var wanted = expected.get(new Uid(page.uidHighAt(row), page.uidLowAt(row)));
                    if (wanted != null && wanted != page.keyIdAt(row)) {
                        ownedPage(i).removeAt(row);
                        size--;
                    }
                }
            }
        }

        private KeyPage ownedPage(int i) {
            var page = pages[i];
            if (page != null && owned[i]) {
                return page;
            }
            var mine = page == null ? new KeyPage() : page.copy();
            pages[i] = mine;
            owned[i] = true;
            return mine;
        }
    }
}
