package io.apihub.e2e.simulation;

import io.apihub.usage.v1.Hold;
import java.util.List;

/** One request in the upstream's own log, which nobody else may write. */
final class Request {

    /** How its life at the upstream ends. */
    enum End {
        /** Served, and the answer says what it used. */
        SERVED,
        /** The client left in the middle; no usage was said. */
        LEFT,
        /** The upstream failed before its first byte. */
        FAILED
    }

    /** What becomes of Envoy's word about it. */
    enum Word {
        NONE_YET,
        /** ext-authz took it in. */
        HEARD,
        /** Gone with an Envoy or in between. */
        LOST
    }

    final int number;
    final Hold hold;
    final String key;
    final Party tenant;
    final List<Party.Cap> caps;
    final long input;
    final long output;
    final End end;
    final long admittedAtMillis;
    boolean reachedUpstream;

    /** It ended at the check: nobody says anything of it. */
    boolean cancelled;

    Word word = Word.NONE_YET;

    /** A power cut or a lost volume took what the journal had of it. */
    boolean mayBeForgotten;

    /** Its settlement may be an estimate although Envoy's word was heard. */
    boolean mayBeEstimated;

    Request(int number, Hold hold, String key, Party tenant, List<Party.Cap> caps, Truth truth) {
        this.number = number;
        this.hold = hold;
        this.key = key;
        this.tenant = tenant;
        this.caps = List.copyOf(caps);
        this.input = truth.input();
        this.output = truth.output();
        this.end = truth.end();
        this.admittedAtMillis = hold.getAdmittedAtMillis();
    }

    /** What the upstream will make of it. */
    record Truth(long input, long output, End end) {}

    /** Whether Envoy may still say something about it. */
    boolean isUnderWay() {
        return reachedUpstream && word == Word.NONE_YET;
    }

    long cost() {
        return end == End.SERVED ? input + output : 0;
    }

    @Override
    public String toString() {
        return "#" + number;
    }
}
