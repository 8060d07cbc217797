package io.apihub.dev.smoke;

/** The product did not do what the main job demands; the message says what it did instead. */
public final class Failure extends RuntimeException {

    Failure(String message) {
        super(message);
    }

    /** Fails unless {@code holds}. */
    static void unless(boolean holds, String message) {
        if (!holds) {
            throw new Failure(message);
        }
    }

    /** Fails unless both are equal. */
    static void unlessEqual(String what, Object expected, Object actual) {
        unless(
                expected.equals(actual),
                "%s: expected %s, not %s".formatted(what, expected, actual));
    }
}
