package io.apihub.billing.registration;

/**
 * How far a registration is. Each step may be repeated; the next one is written when it is done.
 */
enum Step {
    /** The address has to be proven first; until then nothing is made. */
    VERIFYING,
    /** The user is there; the Tenant is being made. */
    PROVISIONING,
    /** The user owns the Tenant; the account waits for the operator to know it. */
    OPENING,
    DONE,
    /** Somebody else took the name meanwhile; the user has to choose another one. */
    NAME_TAKEN
}
