package io.apihub.dev.tool;

/** A program of the stack can't be had; the message says which, how to name one, what was tried. */
public final class ToolUnavailable extends RuntimeException {

    ToolUnavailable(String message) {
        super(message);
    }
}
