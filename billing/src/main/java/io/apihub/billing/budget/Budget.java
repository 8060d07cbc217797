package io.apihub.billing.budget;

import java.math.BigInteger;
import java.util.List;

/**
 * One counter of one limit in one window for one subject. At every instant {@code spent + leased}
 * is at most the amount, or what was committed when the amount was lowered.
 */
public final class Budget implements Pot {

    /** What identifies a budget. */
    public record Key(LimitKey limit, Metric metric, Window window, Span span) {}

    /**
     * The numbers of a budget.
     *
     * @param revision the registry's, that the amount is of
     * @param spent settled within holds
     * @param overage served beyond holds
     * @param observed counted while in Shadow
     * @param corrected what corrections took off {@code spent}; 0 or less
     * @param wouldHaveRefused requests that Enforce would have refused
     */
    public record Counts(
            long revision,
            long amount,
            long spent,
            long leased,
            long overage,
            long observed,
            long corrected,
            long wouldHaveRefused) {

        public static Counts of(Limit limit) {
            return new Counts(limit.revision(), limit.amount(), 0, 0, 0, 0, 0, 0);
        }

        /** All that counts against the amount, but for leases. */
        public long used() {
            return Math.addExact(Math.addExact(spent, overage), observed);
        }
    }

    private final long number;
    private final Key key;
    private final Counts before;
    private final Alarm alarmBefore;
    private Counts counts;
    private Alarm alarm;

    /**
     * What the operator was told.
     *
     * @param exhausted a request was refused for it, or all of it is used
     * @param exhaustedAtMillis the last time that it was so
     * @param percent the highest of the limit's alert percentages that is reached; 0 = none
     * @param percents all of the limit's alert percentages
     */
    public record Alarm(
            boolean exhausted, long exhaustedAtMillis, int percent, List<Integer> percents) {

        public static final Alarm NONE = new Alarm(false, 0, 0, List.of());

        /** An exhausted budget is told to be so this long after the last refusal at least. */
        private static final long STAYS_MILLIS = 60_000;

        /** A refusal is noted again only after this: refusals must not cost writes. */
        private static final long NOTED_MILLIS = 10_000;

        public Alarm {
            percents = List.copyOf(percents);
        }

        Alarm of(Counts counts, boolean refused, long nowMillis) {
            boolean now =
                    refused
                            || counts.used() >= counts.amount()
                            || (exhausted && nowMillis - exhaustedAtMillis < STAYS_MILLIS);
            boolean again = refused && nowMillis - exhaustedAtMillis > NOTED_MILLIS;
            long at = now && (!exhausted || again) ? nowMillis : exhaustedAtMillis;
            return new Alarm(now, at, highestReached(counts), percents);
        }

        private int highestReached(Counts counts) {
            return percents.stream()
                    .filter(step -> counts.used() > 0 && reaches(counts, step))
                    .max(Integer::compare)
                    .orElse(0);
        }

        private static boolean reaches(Counts counts, int step) {
            return BigInteger.valueOf(counts.used())
                            .multiply(BigInteger.valueOf(100))
                            .compareTo(
                                    BigInteger.valueOf(counts.amount())
                                            .multiply(BigInteger.valueOf(step)))
                    >= 0;
        }
    }

    public Budget(long number, Key key, Counts counts, Alarm alarm) {
        this.number = number;
        this.key = key;
        this.before = counts;
        this.counts = counts;
        this.alarmBefore = alarm;
        this.alarm = alarm;
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

    public Alarm alarm() {
        return alarm;
    }

    @Override
    public Id id() {
        return new Id(Kind.BUDGET, number);
    }

    @Override
    public long free() {
        return counts.amount() - counts.used() - counts.leased();
    }

    @Override
    public long leased() {
        return counts.leased();
    }

    @Override
    public long resetsAtMillis() {
        return key.span().endOrZero();
    }

    @Override
    public void lease(long amount) {
        Amounts.requireFree(this, amount);
        move(0, amount);
    }

    @Override
    public void release(long amount) {
        move(0, -amount);
    }

    /** Moves what a lease had open from leased to spent. */
    public void spend(long amount) {
        move(amount, -amount);
    }

    private void move(long spent, long leased) {
        if (counts.leased() + leased < 0) {
            throw new IllegalArgumentException(leased + " of leased " + counts.leased());
        }
        var c = counts;
        counts =
                new Counts(
                        c.revision(),
                        c.amount(),
                        c.spent() + spent,
                        c.leased() + leased,
                        c.overage(),
                        c.observed(),
                        c.corrected(),
                        c.wouldHaveRefused());
    }

    /** Counts what was served beyond a hold. */
    public void exceed(long amount) {
        add(amount, 0, 0, 0);
    }

    /** Counts a request in Shadow. */
    public void observe(long amount, boolean wouldRefuse) {
        add(0, amount, 0, wouldRefuse ? 1 : 0);
    }

    /**
     * Counts the difference of a true figure to an estimate that was counted in Shadow, whether it
     * is in Shadow now or not; more than was counted never comes off.
     */
    public void observeAgain(long difference) {
        add(0, Math.max(difference, -counts.observed()), 0, 0);
    }

    /**
     * Posts the difference of a true figure to an estimate; more than was spent never comes off.
     */
    public void correct(long difference) {
        if (difference > 0) {
            exceed(difference);
        } else {
            add(0, 0, Math.max(difference, -counts.spent()), 0);
        }
    }

    private void add(long overage, long observed, long corrected, int refused) {
        var c = counts;
        counts =
                new Counts(
                        c.revision(),
                        c.amount(),
                        c.spent() + corrected,
                        c.leased(),
                        Math.addExact(c.overage(), overage),
                        Math.addExact(c.observed(), observed),
                        c.corrected() + corrected,
                        c.wouldHaveRefused() + refused);
    }

    /** Takes the limit's amount over, unless a later one is known. */
    public void follow(Limit limit) {
        var c = counts;
        if (limit.revision() > c.revision() || (limit.revision() == c.revision() && !isOf(limit))) {
            counts =
                    new Counts(
                            limit.revision(),
                            limit.amount(),
                            c.spent(),
                            c.leased(),
                            c.overage(),
                            c.observed(),
                            c.corrected(),
                            c.wouldHaveRefused());
            boolean raised = limit.amount() > c.amount();
            alarm =
                    new Alarm(
                            alarm.exhausted() && !raised,
                            alarm.exhaustedAtMillis(),
                            alarm.percent(),
                            limit.alertPercent());
        }
    }

    /**
     * Says what the operator should be told.
     *
     * @param refused a request was refused for it just now, and not only because others lease it
     */
    public void review(boolean refused, long nowMillis) {
        alarm = alarm.of(counts, refused, nowMillis);
    }

    private boolean isOf(Limit limit) {
        return limit.amount() == counts.amount() && limit.alertPercent().equals(alarm.percents());
    }

    /** Whether it has to be written. */
    boolean isChanged() {
        return !counts.equals(before) || !alarm.equals(alarmBefore);
    }

    /** Whether the operator has to be told. */
    boolean isAlarmChanged() {
        return alarm.exhausted() != alarmBefore.exhausted()
                || alarm.percent() != alarmBefore.percent();
    }
}
