package io.apihub.extauthz.check;

import com.google.protobuf.ByteString;
import io.apihub.extauthz.channel.UnaryCall;
import io.apihub.extauthz.journal.WrittenHold;
import io.apihub.model.usage.HoldId;
import io.grpc.Status;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * One call, answered and given up in every order: of several answers one counts, and in the end no
 * hold is left but that of an answer that was sent and that nobody gave up.
 */
public class PendingCheckLincheckTest {

    private static final int ITERATIONS = Integer.getInteger("lincheck.iterations", 2);
    private static final int STRESS = Integer.getInteger("lincheck.stress", 300);

    /** What is looked at here takes many steps: a third of what the others do. */
    private static final int INVOCATIONS = STRESS / 3;

    private static final CheckAnswer YES = new CheckAnswer(new byte[0], true);
    private static final List<HoldId> IDS =
            Stream.generate(() -> HoldId.mint(InstantSource.system(), new SplittableRandom()))
                    .limit(20)
                    .toList();

    private final AtomicInteger made = new AtomicInteger();
    private final ConcurrentLinkedQueue<HoldId> open = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<HoldId> voided = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<HoldId> counted = new ConcurrentLinkedQueue<>();
    private final Envoy envoy = new Envoy();
    private final PendingCheck call = new PendingCheck(envoy, voided::add);

    /** Is answered, or gives up. */
    private static final class Envoy implements UnaryCall {

        private final AtomicInteger answers = new AtomicInteger();
        private @Nullable Runnable givesUp;
        private volatile boolean gone;

        void goes() {
            gone = true;
            if (givesUp != null) {
                givesUp.run();
            }
        }

        @Override
        public void onCancel(Runnable action) {
            givesUp = action;
        }

        @Override
        public void answer(byte[] message) {
            answers.incrementAndGet();
        }

        @Override
        public void fail(Status.Code code) {
            throw new AssertionError(code);
        }
    }

    @Operation
    public boolean answer() {
        var id = IDS.get(made.getAndIncrement());
        open.add(id);
        var hold = new WrittenHold(id, ByteString.EMPTY, new byte[0]);
        boolean first =
                call.answer(
                        new Decision.Allowed(hold, "pool", List.of(), null, Rates.NONE, 0), YES);
        if (first) {
            counted.add(id);
        }
        return first;
    }

    @Operation
    public void giveUp() {
        envoy.goes();
    }

    /** When all is quiet. */
    @Validate
    public void noHoldIsLeftButThatOfTheAnswer() {
        var gone = new ArrayList<>(open);
        if (!envoy.gone) {
            gone.removeAll(counted);
        }
        boolean once = envoy.answers.get() <= 1 && counted.size() <= 1;
        boolean undone = voided.size() == gone.size() && voided.containsAll(gone);
        if (!once || !undone) {
            throw new AssertionError("answered " + counted + ", undone " + voided + " of " + gone);
        }
    }

    @Test
    void realThreadsLeaveNoHold() {
        new StressOptions()
                .iterations(ITERATIONS)
                .invocationsPerIteration(STRESS)
                .threads(3)
                .actorsPerThread(2)
                .check(PendingCheckLincheckTest.class);
    }

    @Test
    void noInterleavingLeavesAHold() {
        new ModelCheckingOptions()
                .iterations(ITERATIONS)
                .invocationsPerIteration(INVOCATIONS)
                .threads(2)
                .actorsPerThread(3)
                .check(PendingCheckLincheckTest.class);
    }
}
