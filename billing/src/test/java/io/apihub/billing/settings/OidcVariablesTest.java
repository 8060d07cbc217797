package io.apihub.billing.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OidcVariablesTest {

    private final Map<String, String> variables =
            new HashMap<>(
                    Map.of(
                            "APIHUB_PUBLIC_URL", "https://hub.example.com",
                            "APIHUB_OIDC_ISSUER", "https://login.example.com/realm",
                            "APIHUB_OIDC_CLIENT_ID", "hub",
                            "APIHUB_OIDC_CLIENT_SECRET", "top-secret"));

    private Oidc oidc() {
        return Objects.requireNonNull(new OidcVariables(new Variables(variables)).oidc());
    }

    @Test
    void nobodyGetsAnAccountOrARoleUnlessItIsSaid() {
        assertThat(oidc().scopes()).containsExactly("openid", "email", "profile");
        assertThat(oidc().groupsClaim()).isEqualTo("groups");
        assertThat(oidc().createUsers()).isFalse();
        assertThat(oidc().administratorGroups()).isEmpty();
        assertThat(oidc().insecureLoopback()).isFalse();
        assertThat(oidc().toString()).doesNotContain("top-secret");
    }

    @Test
    void itIsReadAsItIsSaid() {
        variables.put("APIHUB_OIDC_SCOPES", "openid email groups");
        variables.put("APIHUB_OIDC_ADMIN_GROUPS", "Hub Admins, ops");
        variables.put("APIHUB_OIDC_TENANT_ROLES", "devs=acme:developer, a=b=acme-2:owner");
        variables.put("APIHUB_OIDC_MAIL_DOMAINS", "Example.com");
        variables.put("APIHUB_OIDC_ENDPOINT_HOSTS", "API.example.com");
        variables.put("APIHUB_OIDC_CREATE_USERS", "true");

        assertThat(oidc().scopes()).containsExactly("openid", "email", "groups");
        assertThat(oidc().administratorGroups()).containsExactlyInAnyOrder("Hub Admins", "ops");
        assertThat(oidc().groupRoles())
                .isEqualTo(
                        List.of(
                                new Oidc.GroupRole("devs", "acme", "DEVELOPER"),
                                new Oidc.GroupRole("a=b", "acme-2", "OWNER")));
        assertThat(oidc().mailDomains()).containsExactly("example.com");
        assertThat(oidc().endpointHosts()).containsExactly("api.example.com");
        assertThat(oidc().createUsers()).isTrue();
    }

    @Test
    void withoutAnyOfThemThereIsNoProvider() {
        assertThat(
                        new OidcVariables(
                                        new Variables(
                                                Map.of("APIHUB_PUBLIC_URL", "https://h.example")))
                                .oidc())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "APIHUB_OIDC_ISSUER",
                "APIHUB_OIDC_CLIENT_ID",
                "APIHUB_OIDC_CLIENT_SECRET",
                "APIHUB_PUBLIC_URL"
            })
    void whatIsMissingOfTheHalfIsNamed(String variable) {
        variables.remove(variable);

        assertThatThrownBy(this::oidc)
                .isInstanceOf(InvalidSetting.class)
                .hasMessageMatching(variable + " is missing, but APIHUB_OIDC_[A-Z_]+ is given");
    }

    @ParameterizedTest
    @CsvSource({
        "APIHUB_OIDC_ISSUER, http://login.example.com",
        "APIHUB_OIDC_ISSUER, http://127.0.0.1:9000",
        "APIHUB_OIDC_ISSUER, https://u:p@login.example.com",
        "APIHUB_OIDC_ISSUER, https://login.example.com?a=b",
        "APIHUB_OIDC_ISSUER, login.example.com",
        "APIHUB_OIDC_SCOPES, email",
        "APIHUB_OIDC_TENANT_ROLES, devs=acme:admin",
        "APIHUB_OIDC_TENANT_ROLES, devs",
        "APIHUB_OIDC_CREATE_USERS, yes",
        "APIHUB_OIDC_CLIENT_SECRET_FILE, /does/not/exist"
    })
    void whatIsWrongIsNamed(String variable, String value) {
        variables.put(variable, value);

        assertThatThrownBy(this::oidc)
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith(variable + " ");
    }
}
