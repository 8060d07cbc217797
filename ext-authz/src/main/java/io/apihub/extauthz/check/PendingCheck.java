package io.apihub.extauthz.check;

import io.apihub.extauthz.channel.UnaryCall;
import io.apihub.model.usage.HoldId;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * One call of Envoy's, answered once. Envoy may give up at any moment, before or after the money is
 * set aside; whichever comes second undoes the hold.
 */
final class PendingCheck {

    private enum State {
        OPEN,
        ANSWERED,
        CANCELLED
    }

    private final UnaryCall call;
    private final Consumer<HoldId> voidHold;
    private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile Decision decision = new Decision.Passed();

    PendingCheck(UnaryCall call, Consumer<HoldId> voidHold) {
        this.call = call;
        this.voidHold = voidHold;
        call.onCancel(this::cancelled);
    }

    /**
     * Sends the answer, or undoes its hold if nobody waits for it any more.
     *
     * @param made never the one of an earlier answer
     * @return false if there was an answer before, which stands; the hold of this one is undone
     */
    boolean answer(Decision made, CheckAnswer response) {
        if (!told.compareAndSet(false, true)) {
            undo(made);
            return false;
        }
        decision = made;
        if (state.compareAndSet(State.OPEN, State.ANSWERED)) {
            call.answer(response.message());
        } else {
            undo(made);
        }
        return true;
    }

    private void cancelled() {
        if (state.getAndSet(State.CANCELLED) == State.ANSWERED) {
            undo(decision);
        }
    }

    /** Gives back what an answer that will not be sent has set aside. */
    void undo(Decision made) {
        if (made instanceof Decision.Allowed allowed) {
            voidHold.accept(allowed.hold().id());
        }
    }
}
