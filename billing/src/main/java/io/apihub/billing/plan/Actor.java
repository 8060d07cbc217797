package io.apihub.billing.plan;

import io.apihub.billing.access.Caller;
import io.apihub.billing.ledger.Posting;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who lets something happen.
 *
 * @param name as ledger and history have it
 * @param user null: no user
 */
record Actor(String name, @Nullable UUID user) {

    /** Nobody: the time has come. */
    static final Actor TIME = new Actor(Posting.SYSTEM, null);

    static Actor of(Caller caller) {
        return new Actor(caller.name(), caller.user());
    }

    /** For the audit log, which decides nothing. */
    Caller caller() {
        return new Caller(name, user, false, Map.of());
    }

    boolean isPerson() {
        return !equals(TIME);
    }
}
