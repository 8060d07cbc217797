package io.apihub.billing.user;

/** Whether a user may log in. */
public enum UserState {
    /** Has to prove the address first. */
    UNVERIFIED,
    ACTIVE,
    /** Shut out by an administrator. */
    DISABLED
}
