package io.apihub.extauthz.journal;

/** One incarnation as far as it matters for closing it. Guarded by the journal. */
final class Life {

    private final Incarnation incarnation;
    private final BootId boot;
    private Trust trust;
    private boolean over;
    private boolean complete;
    private int open;
    private Position lastSettlement;

    /**
     * A life of which nothing is known but its mark.
     *
     * @param lastSettlement where its records end at most
     */
    Life(LifeMark mark, Position lastSettlement) {
        this.incarnation = mark.incarnation();
        this.boot = mark.boot();
        this.trust = mark.trust();
        this.lastSettlement = lastSettlement;
    }

    Incarnation incarnation() {
        return incarnation;
    }

    /** As it is repeated at the beginning of every file. */
    LifeMark mark() {
        return new LifeMark(incarnation, boot, trust, false);
    }

    /** Takes in another frame about it. Doubt stays. */
    void told(LifeMark mark) {
        if (mark.trust() == Trust.NONE) {
            doubt();
        } else if (mark.trust() == Trust.LASTING && trust == Trust.MACHINE) {
            // That is said of those that are over.
            trust = Trust.LASTING;
            over = true;
        }
    }

    /** Another one began: this one admits nothing more. */
    void over() {
        over = true;
    }

    /** Something is missing from here on: none of its holds, if all were on the disk before. */
    void gap() {
        complete = over && trust == Trust.LASTING;
    }

    /** What was missing may have been holds. */
    void damaged() {
        if (!complete) {
            doubt();
        }
    }

    /** Holds of it may be lost. */
    void doubt() {
        trust = Trust.NONE;
    }

    void lasts() {
        trust = Trust.LASTING;
    }

    boolean isLasting() {
        return trust == Trust.LASTING;
    }

    /** Whether every hold that it admitted was found. */
    boolean isWhole(BootId now) {
        return switch (trust) {
            case LASTING -> true;
            case MACHINE -> boot.isSame(now);
            case NONE -> false;
        };
    }

    void countHold(int change) {
        open += change;
    }

    void settled(Position end) {
        lastSettlement = end;
    }

    /** Nothing of it is open and everything is acknowledged. */
    boolean isDrained(Position acked) {
        return open == 0 && lastSettlement.compareTo(acked) <= 0;
    }
}
