package io.apihub.billing.budget;

/**
 * A limit of a rate or of slots, of which gateways hold parts; the sum of the parts is at most the
 * amount. Of a rate, a part's rate a minute and its burst are the same number, and what is used of
 * the burst that nobody leases drains at the rate that nobody leases: so all parts together let
 * pass no more than one bucket would.
 */
public final class Share implements Pot {

    /** What identifies a share. */
    public record Key(LimitKey limit, Metric metric) {
        public boolean isSlots() {
            return metric == Metric.CONCURRENCY;
        }
    }

    /**
     * The numbers of a share.
     *
     * @param level what is used of the burst that nobody leases, at {@code levelAtMillis}
     */
    public record Counts(long revision, long amount, long leased, long level, long levelAtMillis) {

        public static Counts of(Limit limit) {
            return new Counts(limit.revision(), limit.amount(), 0, 0, 0);
        }
    }

    private final long number;
    private final Key key;
    private final Counts before;
    private Counts counts;

    public Share(long number, Key key, Counts counts) {
        this.number = number;
        this.key = key;
        this.before = counts;
        this.counts = counts;
    }

    public long number() {
        return number;
    }

    public Key key() {
        return key;
    }

    public Counts counts() {
        return counts;
    }

    @Override
    public Id id() {
        return new Id(Kind.SHARE, number);
    }

    @Override
    public long free() {
        return counts.amount() - counts.leased();
    }

    @Override
    public long leased() {
        return counts.leased();
    }

    @Override
    public long resetsAtMillis() {
        return 0;
    }

    @Override
    public void lease(long amount) {
        Amounts.requireFree(this, amount);
        change(amount);
    }

    @Override
    public void release(long amount) {
        change(-amount);
    }

    private void change(long leased) {
        if (counts.leased() + leased < 0) {
            throw new IllegalArgumentException(leased + " of leased " + counts.leased());
        }
        counts =
                new Counts(
                        counts.revision(),
                        counts.amount(),
                        counts.leased() + leased,
                        counts.level(),
                        counts.levelAtMillis());
    }

    /**
     * Leases a part of a rate. The part gets as little of what is used as the rest can keep.
     *
     * @return until when the part's burst is used up, milliseconds since 1970
     */
    public long cut(long amount, long nowMillis) {
        long level = levelAt(nowMillis);
        lease(amount);
        long cutLevel = Math.clamp(level - Math.max(0, free()), 0, amount);
        setLevel(level - cutLevel, nowMillis);
        return nowMillis + Amounts.millisFor(cutLevel, amount);
    }

    /**
     * Takes a part of a rate back with what is used of it.
     *
     * @param arrivalMillis until when the part's burst is used up
     */
    public void absorb(long amount, long arrivalMillis, long nowMillis) {
        long level = levelAt(nowMillis);
        // One more for what the gateway rounded.
        long millis = arrivalMillis - nowMillis;
        long used = millis <= 0 ? 0 : Math.min(amount, Amounts.passed(amount, millis) + 1);
        release(amount);
        setLevel(level + used, nowMillis);
    }

    /** Takes a part back of which nothing is known: all of its burst counts as used. */
    public void absorbLost(long amount, long nowMillis) {
        long level = levelAt(nowMillis);
        release(amount);
        setLevel(level + amount, nowMillis);
    }

    private long levelAt(long nowMillis) {
        long drained = Amounts.passed(Math.max(0, free()), nowMillis - counts.levelAtMillis());
        return Math.max(0, counts.level() - drained);
    }

    private void setLevel(long level, long nowMillis) {
        counts =
                new Counts(
                        counts.revision(),
                        counts.amount(),
                        counts.leased(),
                        level,
                        Math.max(nowMillis, counts.levelAtMillis()));
    }

    /** Takes the limit's amount over, unless a later one is known. */
    public void follow(Limit limit, long nowMillis) {
        if (limit.revision() > counts.revision()
                || (limit.revision() == counts.revision() && limit.amount() != counts.amount())) {
            long level = levelAt(nowMillis);
            counts =
                    new Counts(limit.revision(), limit.amount(), counts.leased(), level, nowMillis);
        }
    }

    /** Whether it has to be written. */
    boolean isChanged() {
        return !counts.equals(before);
    }
}
