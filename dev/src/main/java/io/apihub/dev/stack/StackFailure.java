package io.apihub.dev.stack;

/** The stack can't run; the message is one line that tells a user why and what to do. */
public final class StackFailure extends RuntimeException {

    public StackFailure(String message) {
        super(message);
    }

    public StackFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
