package io.apihub.billing.identity;

import java.util.UUID;

/** What lets a user in besides the password, kept by another module. */
public interface WayIn {

    /** Ends all of it, in the caller's transaction. Safe to repeat. */
    void close(UUID user);
}
