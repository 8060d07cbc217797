package io.apihub.extauthz.journal;

/**
 * Which bytes of a journal are in no good frame, while it is read from its beginning. A process
 * that is killed leaves the beginning of one frame behind it, of something that it had not promised
 * yet; anything else is damage, and a hold may be lost in it.
 */
final class Gaps {

    private final Runnable opened;
    private boolean gap;
    private boolean head;
    private int expected;

    /**
     * @param opened told of a gap before anything behind it is taken in
     */
    Gaps(Runnable opened) {
        this.opened = opened;
    }

    void file() {
        expected = 0;
    }

    /**
     * Takes in the next good frame.
     *
     * @return whether it shows that what was before it is damaged
     */
    boolean isDamaged(Frame frame) {
        note(frame.next() - Frame.sizeOf(frame.payload().size()) != expected);
        expected = frame.next();
        head = frame.type() == FrameType.NEEDED || (head && frame.type() != FrameType.TIMELINE);
        if (isSaidByTheNext(frame)) {
            gap &= !isBegin(frame);
            return false;
        }
        boolean damaged = gap;
        gap = false;
        return damaged;
    }

    /** What another process may have written right behind the one that was killed. */
    private boolean isSaidByTheNext(Frame frame) {
        return switch (frame.type()) {
            case NEEDED, ACKED, TIMELINE -> true;
            case INCARNATION -> head || isBegin(frame);
            case HOLD, SETTLE, PROVISIONAL, VOID, CLOSED -> false;
        };
    }

    private static boolean isBegin(Frame frame) {
        return frame.type() == FrameType.INCARNATION && LifeMark.of(frame.payload()).begins();
    }

    /** A file ends; bytes behind its last good frame are in none. */
    void end(int used) {
        note(used != expected);
    }

    private void note(boolean missing) {
        if (missing && !gap) {
            opened.run();
        }
        gap |= missing;
    }
}
