package io.apihub.operator.registry;

/** Postgres did not do what was asked; nothing is known to be written, a retry is safe. */
public final class RegistryUnavailableException extends RuntimeException {

    public RegistryUnavailableException(String doing, Throwable cause) {
        super(doing + ": " + cause.getMessage(), cause);
    }
}
