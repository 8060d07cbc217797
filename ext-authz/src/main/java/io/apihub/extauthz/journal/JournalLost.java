package io.apihub.extauthz.journal;

/** The journal can't be opened: another process has it, or its volume refuses. */
public final class JournalLost extends RuntimeException {
    private static final long serialVersionUID = 1L;

    JournalLost(String message, Throwable cause) {
        super(message, cause);
    }
}
