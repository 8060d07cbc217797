package io.apihub.billing.settings;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@link Mail}: all of it, or nothing. */
final class MailVariables {

    private static final List<String> ALL =
            List.of("HOST", "PORT", "TLS", "USER", "PASSWORD", "PASSWORD_FILE", "FROM").stream()
                    .map(name -> "APIHUB_SMTP_" + name)
                    .toList();

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1");
    private static final Pattern HOST = Pattern.compile("[0-9A-Za-z.:-]{1,253}");
    private static final Pattern FROM =
            Pattern.compile(
                    "(?:([^<>\"@\\p{Cntrl}]{0,100})<)?([^@\\s<>\",;:]{1,64}@[^@\\s<>\",;:]{1,189})>?");

    private final Variables variables;

    MailVariables(Variables variables) {
        this.variables = variables;
    }

    @Nullable Mail mail() {
        var given = ALL.stream().filter(name -> variables.optional(name) != null).toList();
        if (given.isEmpty()) {
            return null;
        }
        var host = needed("APIHUB_SMTP_HOST", given.getFirst());
        if (!HOST.matcher(host).matches()) {
            throw new InvalidSetting(
                    "APIHUB_SMTP_HOST", "must be a name or an address, not '" + host + "'");
        }
        var from = FROM.matcher(needed("APIHUB_SMTP_FROM", given.getFirst()));
        if (!from.matches()) {
            throw new InvalidSetting(
                    "APIHUB_SMTP_FROM",
                    "must look like hub@example.com or APIHub <hub@example.com>");
        }
        // Without it the links in mails would lead nowhere.
        needed("APIHUB_PUBLIC_URL", given.getFirst());
        var tls = variables.choice("APIHUB_SMTP_TLS", Mail.Tls.STARTTLS);
        var name = from.group(1) == null || from.group(1).isBlank() ? null : from.group(1).strip();
        return new Mail(host, port(tls), tls, login(host, tls), from.group(2), name);
    }

    private int port(Mail.Tls tls) {
        int port =
                variables.count(
                        "APIHUB_SMTP_PORT",
                        switch (tls) {
                            case STARTTLS -> 587;
                            case TLS -> 465;
                            case NONE -> 25;
                        });
        if (port > 65_535) {
            throw new InvalidSetting("APIHUB_SMTP_PORT", "must be 1 to 65535, not '" + port + "'");
        }
        return port;
    }

    private Mail.@Nullable Login login(String host, Mail.Tls tls) {
        var user = variables.optional("APIHUB_SMTP_USER");
        var password =
                variables.optional("APIHUB_SMTP_PASSWORD_FILE") == null
                                && variables.optional("APIHUB_SMTP_PASSWORD") == null
                        ? null
                        : variables.password("APIHUB_SMTP_PASSWORD");
        if (user == null && password == null) {
            return null;
        }
        if (user == null || password == null) {
            throw user == null
                    ? missing("APIHUB_SMTP_USER", "APIHUB_SMTP_PASSWORD")
                    : missing("APIHUB_SMTP_PASSWORD", "APIHUB_SMTP_USER");
        }
        if (tls == Mail.Tls.NONE && !LOOPBACK.contains(host)) {
            throw new InvalidSetting(
                    "APIHUB_SMTP_TLS", "must be starttls or tls, or the password is readable");
        }
        return new Mail.Login(user, password);
    }

    private String needed(String variable, String because) {
        var value = variables.optional(variable);
        if (value == null) {
            throw missing(variable, because);
        }
        return value;
    }

    private static InvalidSetting missing(String variable, String because) {
        return new InvalidSetting(variable, "is missing, but " + because + " is given");
    }
}
