package io.apihub.e2e.simulation;

import com.google.protobuf.ByteString;
import io.apihub.billing.budget.Limit;
import io.apihub.billing.budget.LimitName;
import io.apihub.billing.budget.Metric;
import io.apihub.billing.budget.Window;
import io.apihub.extauthz.credit.Subject;
import java.nio.ByteBuffer;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** A tenant with its money and its limits. */
final class Party {

    /** One of its limits, as it is declared now. */
    static final class Cap {
        final LimitName name;
        final Metric metric;
        final Window window;
        final ZoneId zone;
        private final boolean perKey;
        private final Subject whole;
        private final Map<String, Subject> ofKeys = new HashMap<>();
        private final int ordinal;
        private long amount;
        private long highest;
        private long committed;
        private long revision = 1;
        private boolean declared = true;
        private boolean enforced = true;
        private boolean changedMode;
        private boolean wasDeleted;

        /**
         * What it counts.
         *
         * @param perKey whether each key has its own counter
         */
        record Kind(Metric metric, Window window, ZoneId zone, boolean perKey) {

            Kind of(Metric other) {
                return new Kind(other, window, zone, perKey);
            }

            Kind in(Window other) {
                return new Kind(metric, other, zone, perKey);
            }
        }

        Cap(UUID tenant, int ordinal, Kind kind, long amount) {
            this.ordinal = ordinal;
            this.metric = kind.metric();
            this.window = kind.window();
            this.zone = kind.zone();
            this.perKey = kind.perKey();
            this.amount = amount;
            this.highest = amount;
            this.name = new LimitName(tenant, "ns", "q" + ordinal, "limit");
            this.whole = subject(tenant, "");
            KEYS.forEach(key -> ofKeys.put(key.toString(), subject(tenant, key.toString())));
        }

        private Subject subject(UUID tenant, String key) {
            return new Subject(
                    kind(metric, window),
                    io.apihub.extauthz.credit.Metric.valueOf(metric.name()),
                    bytes(tenant),
                    "ns",
                    "q" + ordinal,
                    "limit",
                    key);
        }

        /** Whose counter a key's requests count in: the key's name, or empty for all together. */
        String counterOf(String key) {
            return perKey ? key : "";
        }

        /** What is leased for a key's requests. */
        Subject subject(String key) {
            return perKey ? Objects.requireNonNull(ofKeys.get(key)) : whole;
        }

        /** Whether a refusal names it. */
        boolean isOf(Subject subject) {
            return subject.equals(whole) || ofKeys.containsValue(subject);
        }

        private static Subject.Kind kind(Metric metric, Window window) {
            if (metric == Metric.CONCURRENCY) {
                return Subject.Kind.SLOTS;
            }
            return window == Window.MINUTE ? Subject.Kind.RATE : Subject.Kind.BUDGET;
        }

        Limit limit() {
            return new Limit(metric, window, amount, zone, perKey, enforced, List.of(), revision);
        }

        long amount() {
            return amount;
        }

        /** The most that was ever declared. */
        long highest() {
            return highest;
        }

        /** What may be used at one time or in one window: the amount, or what was lent before. */
        long ceiling() {
            return Math.max(amount, committed);
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
            return whole.kind() == Subject.Kind.BUDGET;
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

        /**
         * Another amount.
         *
         * @param used what is spent and leased of it at this moment, of the fullest counter
         */
        void change(long to, long used) {
            if (to < amount) {
                committed = used;
            }
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
            return metric + "/" + window + (perKey ? " of each key, q" : " of q") + ordinal;
        }
    }

    /** Of its keys. */
    static final List<UUID> KEYS =
            List.of(
                    new UUID(0x4000, 0x8000_0000_0000_1000L),
                    new UUID(0x4000, 0x8000_0000_0000_1001L));

    /** Some begin their days, and one its hours, at other times. */
    private static final List<ZoneId> ZONES =
            List.of(
                    ZoneOffset.UTC,
                    ZoneId.of("Europe/London"),
                    ZoneId.of("Asia/Kolkata"),
                    ZoneId.of("America/New_York"));

    final UUID id;
    final ByteString bytes;
    final List<Cap> caps;
    private long paidIn;

    private Party(UUID id, long deposit, List<Cap> caps) {
        this.id = id;
        this.bytes = bytes(id);
        this.paidIn = deposit;
        this.caps = caps;
    }

    /** All that it paid in, without what was taken back: nothing beyond it may be served. */
    long paidIn() {
        return paidIn;
    }

    /** It pays in more, or gets back what is less than zero. */
    void pay(long amount) {
        paidIn += amount;
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
        var windows =
                new Window[] {Window.HOUR, Window.DAY, Window.WEEK, Window.MONTH, Window.TOTAL};
        var window = windows[random.nextInt(windows.length)];
        var zone = ZONES.get(random.nextInt(2) * random.nextInt(ZONES.size()));
        boolean perKey = random.nextInt(4) == 0;
        var one = new Cap.Kind(Metric.REQUESTS, window, zone, perKey);
        return switch (random.nextInt(5)) {
            case 0 -> new Cap(id, i, one, 1 + shape.room(random, 25));
            case 1 -> new Cap(id, i, one.of(tokens(random)), 50 + shape.room(random, 1500));
            case 2 -> new Cap(id, i, one.of(Metric.COST), 50 + shape.room(random, 1500));
            case 3 ->
                    random.nextBoolean()
                            ? new Cap(id, i, one.in(Window.MINUTE), 1 + shape.room(random, 20))
                            : new Cap(
                                    id,
                                    i,
                                    one.of(tokens(random)).in(Window.MINUTE),
                                    100 + shape.room(random, 1000));
            default ->
                    new Cap(
                            id,
                            i,
                            one.of(Metric.CONCURRENCY).in(Window.NONE),
                            1 + shape.room(random, 5));
        };
    }

    private static Metric tokens(RandomGenerator random) {
        return switch (random.nextInt(4)) {
            case 0 -> Metric.INPUT_TOKENS;
            case 1 -> Metric.OUTPUT_TOKENS;
            default -> Metric.TOTAL_TOKENS;
        };
    }

    static ByteString bytes(UUID id) {
        var buffer = ByteBuffer.allocate(16);
        buffer.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits()).flip();
        return ByteString.copyFrom(buffer);
    }
}
