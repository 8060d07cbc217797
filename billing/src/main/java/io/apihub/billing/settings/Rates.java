package io.apihub.billing.settings;

/** How many requests REST answers, in each process. */
public record Rates(Rate perUser, Rate perAddress) {

    /**
     * A token bucket.
     *
     * @param perSecond what it is filled with, 1 to 99,999
     * @param burst what it holds, 1 to 99,999
     */
    public record Rate(int perSecond, int burst) {}
}
