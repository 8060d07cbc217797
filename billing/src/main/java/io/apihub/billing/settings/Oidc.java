package io.apihub.billing.settings;

import java.net.URI;
import java.util.List;
import java.util.Set;

/**
 * The OpenID provider that people may log in at.
 *
 * @param issuer exactly as the provider calls itself
 * @param groupsClaim where the provider says what groups somebody is in
 * @param administratorGroups whose members are administrators; nobody's if empty
 * @param groupRoles what groups are in tenants
 * @param mailDomains of addresses that may log in, lower case; all if empty
 * @param createUsers whether those who have no account get one
 * @param endpointHosts where the provider's endpoints may be besides the issuer's host
 * @param insecureLoopback plain HTTP to this machine is allowed; for tests
 */
public record Oidc(
        URI issuer,
        String clientId,
        String clientSecret,
        List<String> scopes,
        String groupsClaim,
        Set<String> administratorGroups,
        List<GroupRole> groupRoles,
        Set<String> mailDomains,
        boolean createUsers,
        Set<String> endpointHosts,
        boolean insecureLoopback) {

    public Oidc {
        scopes = List.copyOf(scopes);
        administratorGroups = Set.copyOf(administratorGroups);
        groupRoles = List.copyOf(groupRoles);
        mailDomains = Set.copyOf(mailDomains);
        endpointHosts = Set.copyOf(endpointHosts);
    }

    /**
     * What the members of a group are in a tenant.
     *
     * @param tenant by name
     * @param role VIEWER, DEVELOPER or OWNER
     */
    public record GroupRole(String group, String tenant, String role) {}

    @Override
    public String toString() {
        return clientId + ":***@" + issuer;
    }
}
