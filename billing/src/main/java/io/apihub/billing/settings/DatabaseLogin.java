package io.apihub.billing.settings;

/** A role and its password; {@code toString} shows no password. */
public record DatabaseLogin(String user, String password) {

    @Override
    public String toString() {
        return user + ":***";
    }
}
