package io.apihub.operator.registry;

/**
 * The one way by which reconcilers write rows. Calls block until the row's transaction is
 * committed, so a status that is written afterwards never promises more than the database holds.
 * Writes of different callers are grouped; all are idempotent, so a retry is always safe.
 */
public interface Registry {

    /**
     * Makes the row say what the resource says.
     *
     * @throws FencedException if another leader has written since; this one must stop
     * @throws RegistryUnavailableException if Postgres can't be reached; retry
     */
    Outcome put(RegistryRow row);

    /**
     * Revokes a row; it stays as a tombstone. Removing what isn't there does nothing.
     *
     * @throws FencedException if another leader has written since; this one must stop
     * @throws RegistryUnavailableException if Postgres can't be reached; retry
     */
    Outcome remove(RegistryKey key);
}
