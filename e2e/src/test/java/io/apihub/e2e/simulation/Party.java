package io.apihub.e2e.simulation;

import com.google.protobuf.ByteString;
import io.apihub.billing.budget.Limit;
import io.apihub.billing.budget.LimitName;
import io.apihub.billing.budget.Metric;
import io.apihub.billing.budget.Window;
import io.apihub.extauthz.credit.Subject;
import java.nio.ByteBuffer;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** A tenant with its money and its limits. */
final class Party {

    /** One of its limits, as it is declared now. */
    static final class Cap {
        final LimitName name;
        final Metric metric;
        final Window window;
        final Subject subject;
        private final int ordinal;
        private long amount;
        private long highest;
        private long revision = 1;
        private boolean declared = true;
        private boolean enforced = true;
        private boolean changedMode;
        private boolean wasDeleted;

        Cap(UUID tenant, int ordinal, Metric metric, Window window, long amount) {
            this.ordinal = ordinal;
            this.metric = metric;
            this.window = window;
            this.amount = amount;
            this.highest = amount;
            this.name = new LimitName(tenant, "ns", "q" + ordinal, "limit");
            this.subject =
                    new Subject(
                            kind(metric, window),
                            io.apihub.extauthz.credit.Metric.valueOf(metric.name()),
                            bytes(tenant),
                            "ns",
                            "q" + ordinal,
                            "limit",
                            "");
        }

        private static Subject.Kind kind(Metric metric, Window window) {
            if (metric == Metric.CONCURRENCY) {
                return Subject.Kind.SLOTS;
            }
            return window == Window.MINUTE ? Subject.Kind.RATE : Subject.Kind.BUDGET;
        }

        Limit limit() {
            return new Limit(
                    metric, window, amount, ZoneOffset.UTC, false, enforced, List.of(), revision);
        }

        long amount() {
            return amount;
        }

        /** The most that was ever declared. */
        long highest() {
            return highest;
        }

        boolean isDeclared() {
            return declared;
        }

        /** Whether it was there all the time, in the mode that it has now. */
        boolean isSteady() {
            return !changedMode && !wasDeleted;
        }

        boolean isEnforced() {
            return enforced;
        }

        /** Only what is counted can be in Shadow. */
        boolean isCounter() {
            return subject.kind() == Subject.Kind.BUDGET;
        }

        /** Said before anything begins. */
        void shadow() {
            enforced = false;
        }

        String mode() {
            return enforced ? "Enforce" : "Shadow";
        }

        void changeMode() {
            enforced = !enforced;
            changedMode = true;
            revision++;
        }

        int ordinal() {
            return ordinal;
        }

        void change(long to) {
            amount = to;
            highest = Math.max(highest, to);
            revision++;
        }

        void declare(boolean now) {
            declared = now;
            wasDeleted |= !now;
            revision++;
        }

        /** What a request counts in it. */
        long counts(Request request) {
            return switch (metric) {
                case REQUESTS -> 1;
                case INPUT_TOKENS -> request.input;
                case OUTPUT_TOKENS -> request.output;
                case TOTAL_TOKENS -> request.input + request.output;
                case COST -> request.cost();
                case CONCURRENCY -> 0;
            };
        }

        @Override
        public String toString() {
            return metric + "/" + window + " of q" + ordinal;
        }
    }

    final UUID id;
    final ByteString bytes;
    final long deposit;
    final List<Cap> caps;

    private Party(UUID id, long deposit, List<Cap> caps) {
        this.id = id;
        this.bytes = bytes(id);
        this.deposit = deposit;
        this.caps = caps;
    }

    static Party random(RandomGenerator random, Shape shape, int number) {
        var id = new UUID(0x4000, 0x8000_0000_0000_0000L | number);
        var caps = new ArrayList<Cap>();
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            var cap = cap(random, shape, id, i);
            if (cap.isCounter() && random.nextInt(5) == 0) {
                cap.shadow();
            }
            caps.add(cap);
        }
        return new Party(id, 100 + shape.room(random, random.nextBoolean() ? 600 : 6000), caps);
    }

    private static Cap cap(RandomGenerator random, Shape shape, UUID id, int i) {
        var windows = new Window[] {Window.HOUR, Window.DAY, Window.MONTH, Window.TOTAL};
        var window = windows[random.nextInt(windows.length)];
        return switch (random.nextInt(5)) {
            case 0 -> new Cap(id, i, Metric.REQUESTS, window, 1 + shape.room(random, 25));
            case 1 -> new Cap(id, i, Metric.TOTAL_TOKENS, window, 50 + shape.room(random, 1500));
            case 2 -> new Cap(id, i, Metric.COST, window, 50 + shape.room(random, 1500));
            case 3 ->
                    random.nextBoolean()
                            ? new Cap(
                                    id,
                                    i,
                                    Metric.REQUESTS,
                                    Window.MINUTE,
                                    1 + shape.room(random, 20))
                            : new Cap(
                                    id,
                                    i,
                                    Metric.TOTAL_TOKENS,
                                    Window.MINUTE,
                                    100 + shape.room(random, 1000));
            default -> new Cap(id, i, Metric.CONCURRENCY, Window.NONE, 1 + shape.room(random, 5));
        };
    }

    private static ByteString bytes(UUID id) {
        var buffer = ByteBuffer.allocate(16);
        buffer.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits()).flip();
        return ByteString.copyFrom(buffer);
    }
}
