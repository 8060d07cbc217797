package io.apihub.dev.epay;

/** The platform says no. */
final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int code;

    Refusal(int code, String message) {
        super(message);
        this.code = code;
    }

    int code() {
        return code;
    }
}
