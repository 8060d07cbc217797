package io.apihub.billing.settings;

import io.apihub.model.money.Credits;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may become a user, and how users are known.
 *
 * @param publicUrl scheme and authority that browsers see; null if it was not said
 * @param trustedProxies whose X-Forwarded-For is believed; nobody's if empty
 * @param secretsKeyFile encrypts secrets at rest; made with mode 0600 when absent
 */
public record Identity(
        Registration registration,
        Sessions sessions,
        @Nullable URI publicUrl,
        List<Network> trustedProxies,
        Path secretsKeyFile,
        FirstAdministrator firstAdministrator) {

    public Identity {
        trustedProxies = List.copyOf(trustedProxies);
    }

    /** Who may register. */
    public enum Mode {
        OFF,
        INVITATION,
        ON
    }

    /**
     * What registering gives.
     *
     * @param mailDomains of addresses that may register, lower case; all if empty
     * @param template of the Tenant that is made
     * @param trialGrant zero or more
     */
    public record Registration(
            Mode mode, Set<String> mailDomains, String template, Credits trialGrant) {

        public Registration {
            mailDomains = Set.copyOf(mailDomains);
        }
    }

    /**
     * How long browsers stay logged in.
     *
     * @param idle without a request
     * @param longest in all
     */
    public record Sessions(Duration idle, Duration longest) {}

    /**
     * The administrator that the first start makes.
     *
     * @param email null if none is to be made
     * @param passwordHash Argon2id in its encoded form; null: a one-time password is minted
     * @param passwordFile takes the one-time password, with mode 0600
     */
    public record FirstAdministrator(
            @Nullable String email, @Nullable String passwordHash, Path passwordFile) {

        @Override
        public String toString() {
            return email + ":***";
        }
    }
}
