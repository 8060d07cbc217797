package io.apihub.billing.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads {@link Oidc}: all of it, or nothing. */
final class OidcVariables {

    private static final List<String> ALL =
            List.of(
                            "ISSUER",
                            "CLIENT_ID",
                            "CLIENT_SECRET",
                            "CLIENT_SECRET_FILE",
                            "SCOPES",
                            "GROUPS_CLAIM",
                            "ADMIN_GROUPS",
                            "TENANT_ROLES",
                            "MAIL_DOMAINS",
                            "CREATE_USERS",
                            "ENDPOINT_HOSTS",
                            "INSECURE_LOOPBACK")
                    .stream()
                    .map(name -> "APIHUB_OIDC_" + name)
                    .toList();

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final Pattern GROUP_ROLE =
            Pattern.compile("(.{1,200})=([a-z0-9-]{1,63}):(viewer|developer|owner)");
    private static final Pattern SCOPES =
            Pattern.compile("openid( [\\x21-\\x7e&&[^\"\\\\]]{1,100})*");

    private final Variables variables;

    OidcVariables(Variables variables) {
        this.variables = variables;
    }

    @Nullable Oidc oidc() {
        var given = ALL.stream().filter(name -> variables.optional(name) != null).toList();
        if (given.isEmpty()) {
            return null;
        }
        // The provider sends browsers back there.
        for (var needed :
                List.of("APIHUB_OIDC_ISSUER", "APIHUB_OIDC_CLIENT_ID", "APIHUB_PUBLIC_URL")) {
            if (variables.optional(needed) == null) {
                throw missing(needed, given.getFirst());
            }
        }
        if (!given.contains("APIHUB_OIDC_CLIENT_SECRET")
                && !given.contains("APIHUB_OIDC_CLIENT_SECRET_FILE")) {
            throw missing("APIHUB_OIDC_CLIENT_SECRET", given.getFirst());
        }
        boolean loopback = variables.flag("APIHUB_OIDC_INSECURE_LOOPBACK", false);
        return new Oidc(
                issuer(loopback),
                variables.required("APIHUB_OIDC_CLIENT_ID"),
                variables.password("APIHUB_OIDC_CLIENT_SECRET"),
                scopes(),
                claim(),
                Set.copyOf(variables.list("APIHUB_OIDC_ADMIN_GROUPS")),
                variables.list("APIHUB_OIDC_TENANT_ROLES").stream()
                        .map(OidcVariables::groupRole)
                        .toList(),
                lower("APIHUB_OIDC_MAIL_DOMAINS"),
                variables.flag("APIHUB_OIDC_CREATE_USERS", false),
                lower("APIHUB_OIDC_ENDPOINT_HOSTS"),
                loopback);
    }

    private URI issuer(boolean loopback) {
        var text = variables.required("APIHUB_OIDC_ISSUER");
        try {
            var issuer = new URI(text);
            boolean secure =
                    "https".equals(issuer.getScheme())
                            || (loopback
                                    && "http".equals(issuer.getScheme())
                                    && LOOPBACK.contains(String.valueOf(issuer.getHost())));
            if (secure
                    && issuer.getHost() != null
                    && issuer.getUserInfo() == null
                    && issuer.getQuery() == null
                    && issuer.getFragment() == null) {
                return issuer;
            }
        } catch (URISyntaxException e) {
            throw new InvalidSetting("APIHUB_OIDC_ISSUER", "is no URL: '" + text + "'");
        }
        throw new InvalidSetting(
                "APIHUB_OIDC_ISSUER",
                "must look like https://login.example.com/realm, not '" + text + "'");
    }

    private List<String> scopes() {
        var text = variables.optional("APIHUB_OIDC_SCOPES");
        if (text == null) {
            return List.of("openid", "email", "profile");
        }
        if (!SCOPES.matcher(text).matches()) {
            throw new InvalidSetting(
                    "APIHUB_OIDC_SCOPES",
                    "must begin with openid, scopes by spaces, not '" + text + "'");
        }
        return List.of(text.split(" ", -1));
    }

    private String claim() {
        var text = variables.optional("APIHUB_OIDC_GROUPS_CLAIM");
        return text == null ? "groups" : text;
    }

    private static Oidc.GroupRole groupRole(String text) {
        var found = GROUP_ROLE.matcher(text);
        if (!found.matches()) {
            throw new InvalidSetting(
                    "APIHUB_OIDC_TENANT_ROLES",
                    "must list group=tenant:role with role viewer, developer or owner, not '"
                            + text
                            + "'");
        }
        return new Oidc.GroupRole(
                found.group(1), found.group(2), found.group(3).toUpperCase(Locale.ROOT));
    }

    private Set<String> lower(String variable) {
        return variables.list(variable).stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }

    private static InvalidSetting missing(String variable, String because) {
        return new InvalidSetting(variable, "is missing, but " + because + " is given");
    }
}
