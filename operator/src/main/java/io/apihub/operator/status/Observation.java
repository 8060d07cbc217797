package io.apihub.operator.status;

import io.apihub.crd.v1alpha1.Condition;

/** A condition before it is known since when it holds. */
public record Observation(String type, String status, String reason, String message) {

    public static Observation yes(String type, String reason, String message) {
        return new Observation(type, Condition.TRUE, reason, message);
    }

    public static Observation no(String type, String reason, String message) {
        return new Observation(type, Condition.FALSE, reason, message);
    }

    public static Observation unknown(String type, String reason, String message) {
        return new Observation(type, Condition.UNKNOWN, reason, message);
    }
}
