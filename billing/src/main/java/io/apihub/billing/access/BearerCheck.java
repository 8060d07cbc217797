package io.apihub.billing.access;

import java.util.Optional;

/** Knows one kind of bearer token. */
public interface BearerCheck {

    /** Whose token it is, at this moment; empty if it is of another kind or not good any more. */
    Optional<Caller> check(String token);
}
