package io.apihub.billing.settings;

import io.apihub.model.money.Credits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads {@link Identity}. */
final class IdentityVariables {

    private final Variables variables;

    IdentityVariables(Variables variables) {
        this.variables = variables;
    }

    Identity identity() {
        return new Identity(
                registration(),
                sessions(),
                variables.origin("APIHUB_PUBLIC_URL"),
                variables.networks("APIHUB_TRUSTED_PROXIES"),
                besideTheSigningKey("APIHUB_SECRETS_KEY_FILE", "secrets-key"),
                firstAdministrator());
    }

    private Identity.Registration registration() {
        var template = variables.optional("APIHUB_REGISTRATION_TEMPLATE");
        return new Identity.Registration(
                variables.choice("APIHUB_REGISTRATION", Identity.Mode.OFF),
                variables.list("APIHUB_REGISTRATION_MAIL_DOMAINS").stream()
                        .map(domain -> domain.toLowerCase(Locale.ROOT))
                        .collect(Collectors.toSet()),
                template == null ? "registration" : template,
                trialGrant());
    }

    private Credits trialGrant() {
        var text = variables.optional("APIHUB_TRIAL_GRANT");
        if (text == null) {
            return Credits.ZERO;
        }
        if (!text.matches("\\d{1,12}(\\.\\d{1,6})?")) {
            throw new InvalidSetting(
                    "APIHUB_TRIAL_GRANT",
                    "must be an amount such as 5 or 0.50, not '" + text + "'");
        }
        return Credits.parse(text);
    }

    private Identity.Sessions sessions() {
        var idle = variables.duration("APIHUB_SESSION_IDLE", Duration.ofHours(12));
        var longest = variables.duration("APIHUB_SESSION_MAX", Duration.ofDays(7));
        if (idle.isZero() || longest.compareTo(idle) < 0) {
            throw new InvalidSetting(
                    "APIHUB_SESSION_MAX", "must be at least APIHUB_SESSION_IDLE, and that above 0");
        }
        return new Identity.Sessions(idle, longest);
    }

    private Identity.FirstAdministrator firstAdministrator() {
        var email = variables.optional("APIHUB_ADMIN_EMAIL");
        var hash = variables.optional("APIHUB_ADMIN_PASSWORD_HASH");
        if (variables.optional("APIHUB_ADMIN_PASSWORD_HASH_FILE") != null) {
            hash = variables.password("APIHUB_ADMIN_PASSWORD_HASH");
        }
        if (hash != null && email == null) {
            throw new InvalidSetting(
                    "APIHUB_ADMIN_EMAIL", "is missing, but APIHUB_ADMIN_PASSWORD_HASH is given");
        }
        if (hash != null && !hash.startsWith("$argon2id$")) {
            throw new InvalidSetting(
                    "APIHUB_ADMIN_PASSWORD_HASH", "must be an Argon2id hash: $argon2id$v=19$...");
        }
        return new Identity.FirstAdministrator(
                address(email),
                hash,
                besideTheSigningKey("APIHUB_ADMIN_PASSWORD_FILE", "admin-password"));
    }

    private static @Nullable String address(@Nullable String email) {
        if (email != null && !email.matches("[^@\\s]{1,64}@[^@\\s]{1,189}")) {
            throw new InvalidSetting(
                    "APIHUB_ADMIN_EMAIL", "must be an address such as admin@example.com");
        }
        return email;
    }

    private Path besideTheSigningKey(String variable, String name) {
        return variables.optional(variable) == null
                ? variables.file("APIHUB_JWT_KEY_FILE").resolveSibling(name)
                : variables.file(variable);
    }
}
