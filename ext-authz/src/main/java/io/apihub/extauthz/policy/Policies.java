package io.apihub.extauthz.policy;

/** The policy as checks see it. Thread safe; never blocks. */
public interface Policies {

    /** The newest complete revision; {@link PolicySnapshot#NONE} before the first. */
    PolicySnapshot current();

    /** False when the gateway has not heard for too long and must deny everything. */
    boolean isFresh();
}
