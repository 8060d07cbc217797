package io.apihub.e2e.simulation;

import io.apihub.extauthz.journal.BootId;
import io.apihub.model.usage.HoldId;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A place where a gateway runs: its clock, its network, its Envoy, and what it was told. */
final class Site implements Wire.Weather {

    private final int number;
    private final VirtualTime time;
    private final RandomGenerator random;
    private final long offset;
    private final long driftPpm;
    private final long millisOffset;
    private final long usualDelay;
    private final long longest;
    private final Map<Party.Cap, Long> told = new HashMap<>();
    private BootId boot;
    private boolean reachable = true;
    private boolean slow;
    @Nullable GatewayProcess process;

    Site(int number, VirtualTime time, RandomGenerator random, Shape shape) {
        this.number = number;
        this.time = time;
        this.random = random;
        this.longest = shape.longest();
        this.offset = random.nextLong(1L << 50);
        this.driftPpm = random.nextLong(-9_000, 9_001);
        this.millisOffset = random.nextLong(-300_000, 300_000);
        this.boot = newBoot();
        this.usualDelay = VirtualTime.MILLI * (1 + random.nextInt(20));
    }

    int number() {
        return number;
    }

    String name() {
        return "gateway-" + number;
    }

    /** Monotonic, up to 0.9 % too fast or too slow. */
    long nanos() {
        long now = time.now();
        return offset + now + now / 1_000_000 * driftPpm;
    }

    /** The wall clock, up to five minutes wrong. */
    long millis() {
        return World.EPOCH_MILLIS + time.now() / VirtualTime.MILLI + millisOffset;
    }

    /** The life of the machine that it is on. */
    BootId boot() {
        return boot;
    }

    /** Its machine starts again, or it is on another one now. */
    void restarted() {
        boot = newBoot();
    }

    private BootId newBoot() {
        return new BootId(new UUID(random.nextLong(), random.nextLong()));
    }

    /** It is on a machine that others were on. */
    void isOn(BootId machine) {
        boot = machine;
    }

    HoldId mint(Parts parts) {
        long millis = parts.idMillis(millis());
        return HoldId.mint(() -> Instant.ofEpochMilli(millis), parts.holdIds(random, number));
    }

    @Override
    public long delay() {
        long most = slow ? 2_500 * VirtualTime.MILLI : usualDelay;
        return random.nextLong(most);
    }

    @Override
    public long late() {
        return random.nextLong(longest);
    }

    void slow(boolean now) {
        slow = now;
    }

    boolean isSlow() {
        return slow;
    }

    boolean isReachable() {
        return reachable;
    }

    void reachable(boolean now) {
        reachable = now;
    }

    /** The policy feed brings a limit; less than 0 = there is none. */
    void tell(Party.Cap cap, long amount) {
        told.put(cap, amount);
    }

    long knows(Party.Cap cap) {
        return told.getOrDefault(cap, -1L);
    }

    @Override
    public String toString() {
        return name();
    }
}
