package io.apihub.e2e.simulation;

import java.util.random.RandomGenerator;

/**
 * How large a run is. Most are small, with a fault for every two or three requests: in the same
 * processor time they meet more coincidences than large ones do. Some are large, as what takes
 * minutes or many gateways happens only there.
 *
 * @param tenants 1 or 2
 * @param gateways 1 to 16
 * @param requests that arrive before the horizon; each is refused or let in
 * @param horizon nanoseconds from which on nothing goes wrong any more
 * @param faults at most
 * @param longest nanoseconds that something may be away, late or stopped
 * @param tight whether there is money and room for a few requests only
 */
record Shape(
        int tenants,
        int gateways,
        int requests,
        long horizon,
        int faults,
        long longest,
        boolean tight) {

    private static final long SECOND = VirtualTime.SECOND;

    private static final int SMALL_FOR_A_LARGE_ONE = 23;

    static Shape random(RandomGenerator random) {
        return random.nextInt(1 + SMALL_FOR_A_LARGE_ONE) == 0 ? large(random) : small(random);
    }

    private static Shape small(RandomGenerator random) {
        int requests = 3 + random.nextInt(9);
        return new Shape(
                1,
                random.nextInt(6) == 0 ? 3 : 1 + random.nextInt(2),
                requests,
                (3 + random.nextInt(22)) * SECOND,
                1 + random.nextInt(5),
                20 * SECOND,
                random.nextInt(4) != 0);
    }

    private static Shape large(RandomGenerator random) {
        return new Shape(
                1 + random.nextInt(2),
                random.nextInt(12) == 0 ? 5 + random.nextInt(12) : 1 + random.nextInt(4),
                8 + random.nextInt(50),
                (40 + random.nextInt(80)) * SECOND,
                random.nextInt(9),
                90 * SECOND,
                false);
    }

    /** One of up to so many in a large run; a tight one has room for a few. */
    int room(RandomGenerator random, int most) {
        return random.nextInt(tight ? Math.max(1, most / 4) : most);
    }
}
