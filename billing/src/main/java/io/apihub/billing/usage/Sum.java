package io.apihub.billing.usage;

import java.util.UUID;

/** What the new records of one key and model in one minute or hour add up to. */
final class Sum implements Comparable<Sum> {

    /**
     * Of what.
     *
     * @param at the beginning, seconds since 1970
     */
    record Key(UUID tenantId, long at, UUID keyUid, String model) {

        Key hour() {
            return new Key(tenantId, Math.floorDiv(at, 3_600L) * 3_600, keyUid, model);
        }
    }

    private final Key key;
    private final long[] figures = new long[RolledUsage.SUMS.size()];

    Sum(Key key) {
        this.key = key;
    }

    Key key() {
        return key;
    }

    /** A figure by its place in {@link RolledUsage#SUMS}. */
    long figure(int place) {
        return figures[place];
    }

    /**
     * Adds a row.
     *
     * @throws ArithmeticException if a sum is larger than a long
     */
    void add(UsageRow row) {
        var tokens = row.tokens();
        add(0, 1);
        add(1, row.isFailed() ? 1 : 0);
        add(2, row.isEstimated() ? 1 : 0);
        add(3, tokens.input());
        add(4, tokens.cachedInput());
        add(5, tokens.cacheWrite());
        add(6, tokens.cacheWrite1h());
        add(7, tokens.output());
        add(8, tokens.reasoning());
        add(9, row.cost().micros());
    }

    /**
     * Adds what another one has.
     *
     * @throws ArithmeticException if a sum is larger than a long
     */
    void add(Sum other) {
        for (int place = 0; place < figures.length; place++) {
            add(place, other.figures[place]);
        }
    }

    private void add(int place, long amount) {
        figures[place] = Math.addExact(figures[place], amount);
    }

    /** In the order in which all who add take their rows. */
    @Override
    public int compareTo(Sum other) {
        int order = key.tenantId.compareTo(other.key.tenantId);
        if (order == 0) {
            order = Long.compare(key.at, other.key.at);
        }
        if (order == 0) {
            order = key.keyUid.compareTo(other.key.keyUid);
        }
        return order == 0 ? key.model.compareTo(other.key.model) : order;
    }
}
