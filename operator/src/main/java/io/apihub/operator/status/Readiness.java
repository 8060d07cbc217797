package io.apihub.operator.status;

/**
 * Whether the declared state is in force.
 *
 * @param stalled true if only a change by the user can help
 * @param reason one CamelCase word
 * @param message what to do, in a sentence, unless ready
 */
public record Readiness(boolean ready, boolean stalled, String reason, String message) {

    public static Readiness ready(String message) {
        return ready("InForce", message);
    }

    /** In force, with something to know about it. */
    public static Readiness ready(String reason, String message) {
        return new Readiness(true, false, reason, message);
    }

    /** Not in force, but it may become so without a change of the object. */
    public static Readiness waiting(String reason, String message) {
        return new Readiness(false, false, reason, message);
    }

    /** Not in force until the user changes something. */
    public static Readiness stalled(String reason, String message) {
        return new Readiness(false, true, reason, message);
    }
}
