package io.apihub.billing.settings;

import org.jspecify.annotations.Nullable;

/**
 * The server that takes our mail.
 *
 * @param login null: it wants none
 * @param from the address that mail comes from
 * @param fromName what people read instead of it; null: nothing
 */
public record Mail(
        String host,
        int port,
        Tls tls,
        @Nullable Login login,
        String from,
        @Nullable String fromName) {

    /** How the way to the server is kept private. */
    public enum Tls {
        /** It begins in clear and must become private before anything is said. */
        STARTTLS,
        TLS,
        NONE
    }

    /** What the server knows us by. */
    public record Login(String user, String password) {

        @Override
        public String toString() {
            return user + ":***";
        }
    }
}
