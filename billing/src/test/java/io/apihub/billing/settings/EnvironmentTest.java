package io.apihub.billing.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentTest {

    private final Map<String, String> variables =
            new HashMap<>(
                    Map.of(
                            "APIHUB_DB_URL", "jdbc:postgresql://db/apihub",
                            "APIHUB_DB_USER", "apihub_billing",
                            "APIHUB_DB_PASSWORD", "secret",
                            "APIHUB_HTTP_LISTEN", "127.0.0.1:8080",
                            "APIHUB_GRPC_LISTEN", "[::1]:8081",
                            "APIHUB_MANAGEMENT_LISTEN", "0.0.0.0:8082",
                            "APIHUB_JWT_KEY_FILE", "/tmp/key",
                            "APIHUB_ADMIN_TOKEN_FILE", "/tmp/token"));

    @Test
    void whatIsOptionalHasADefault() {
        var settings = Environment.settings(variables);

        assertThat(settings.currency()).isEqualTo("CNY");
        assertThat(settings.safety().singleInstancePostgres()).isTrue();
        assertThat(settings.safety().longestRequest()).hasMinutes(241);
        assertThat(settings.database().migration()).isEqualTo(settings.database().service());
        assertThat(settings.listeners().grpc()).isEqualTo(new Listen("[::1]", 8081));
    }

    @Test
    void nobodyMayRegisterUnlessItIsSaid() {
        var identity = Environment.settings(variables).identity();

        assertThat(identity.registration().mode()).isEqualTo(Identity.Mode.OFF);
        assertThat(identity.registration().trialGrant().micros()).isZero();
        assertThat(identity.secretsKeyFile()).isEqualTo(Path.of("/tmp/secrets-key"));
        assertThat(identity.firstAdministrator().email()).isNull();
        assertThat(identity.trustedProxies()).isEmpty();
    }

    @Test
    void identityIsReadAsItIsSaid() {
        variables.put("APIHUB_REGISTRATION", "invitation");
        variables.put("APIHUB_REGISTRATION_MAIL_DOMAINS", "Example.com, b.org,");
        mail();
        variables.put("APIHUB_TRIAL_GRANT", "0.50");
        variables.put("APIHUB_PUBLIC_URL", "https://hub.example.com:8443/");
        variables.put("APIHUB_TRUSTED_PROXIES", "10.0.0.0/8, ::1");

        var identity = Environment.settings(variables).identity();

        assertThat(identity.registration().mode()).isEqualTo(Identity.Mode.INVITATION);
        assertThat(identity.registration().mailDomains())
                .containsExactlyInAnyOrder("example.com", "b.org");
        assertThat(identity.registration().trialGrant().micros()).isEqualTo(500_000);
        assertThat(identity.publicUrl()).hasToString("https://hub.example.com:8443");
        assertThat(identity.trustedProxies()).hasSize(2);
    }

    @Test
    void anAdministratorsPasswordIsGivenAsAHashAndBelongsToAnAddress() {
        variables.put("APIHUB_ADMIN_PASSWORD_HASH", "$argon2id$v=19$m=19456,t=2,p=1$a$b");
        assertThatThrownBy(() -> Environment.settings(variables))
                .hasMessageStartingWith("APIHUB_ADMIN_EMAIL is missing");

        variables.put("APIHUB_ADMIN_EMAIL", "admin@example.com");
        assertThat(Environment.settings(variables).toString()).doesNotContain("argon2id");

        variables.put("APIHUB_ADMIN_PASSWORD_HASH", "plain");
        assertThatThrownBy(() -> Environment.settings(variables))
                .hasMessageStartingWith("APIHUB_ADMIN_PASSWORD_HASH must be an Argon2id hash");
    }

    @Test
    void passwordsMayComeFromFilesAndAreNeverShown(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("password"), "from-file\n");
        variables.remove("APIHUB_DB_PASSWORD");
        variables.put("APIHUB_DB_PASSWORD_FILE", file.toString());
        variables.put("APIHUB_DB_MIGRATION_USER", "owner");
        variables.put("APIHUB_DB_MIGRATION_PASSWORD", "top-secret");

        var settings = Environment.settings(variables);

        assertThat(settings.database().service().password()).isEqualTo("from-file");
        assertThat(settings.database().migration().password()).isEqualTo("top-secret");
        assertThat(settings.toString()).doesNotContain("from-file", "top-secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "APIHUB_DB_URL",
                "APIHUB_DB_USER",
                "APIHUB_DB_PASSWORD",
                "APIHUB_HTTP_LISTEN",
                "APIHUB_GRPC_LISTEN",
                "APIHUB_MANAGEMENT_LISTEN",
                "APIHUB_JWT_KEY_FILE",
                "APIHUB_ADMIN_TOKEN_FILE"
            })
    void whatIsMissingIsNamed(String variable) {
        variables.remove(variable);

        assertThatThrownBy(() -> Environment.settings(variables))
                .isInstanceOf(InvalidSetting.class)
                .hasMessage(variable + " is missing");
    }

    @ParameterizedTest
    @CsvSource({
        "APIHUB_DB_URL, postgres://db/apihub",
        "APIHUB_HTTP_LISTEN, 8080",
        "APIHUB_HTTP_LISTEN, localhost:70000",
        "APIHUB_GRPC_LISTEN, host:port",
        "APIHUB_CURRENCY, yuan",
        "APIHUB_SINGLE_INSTANCE_POSTGRES, yes",
        "APIHUB_DB_PASSWORD_FILE, /does/not/exist",
        "APIHUB_JWT_KEY_FILE, /tmp",
        "APIHUB_REGISTRATION, yes",
        "APIHUB_TRIAL_GRANT, -1",
        "APIHUB_SESSION_IDLE, 12",
        "APIHUB_SESSION_MAX, 1h",
        "APIHUB_PUBLIC_URL, hub.example.com",
        "APIHUB_PUBLIC_URL, https://hub.example.com/portal",
        "APIHUB_PUBLIC_URL, https://u:p@hub.example.com",
        "APIHUB_PUBLIC_URL, javascript://x",
        "APIHUB_TRUSTED_PROXIES, envoy",
        "APIHUB_WEBHOOK_NETWORKS, inside.example",
        "APIHUB_ADMIN_EMAIL, nobody",
        "APIHUB_KUBECONFIG, /tmp"
    })
    void whatIsWrongIsNamedInOneLine(String variable, String value) {
        variables.put(variable, value);

        assertThatThrownBy(() -> Environment.settings(variables))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith(variable + " ")
                .message()
                .doesNotContain("\n");
    }

    @Test
    void kubernetesNeedsBothCredentialsOrNone() {
        assertThat(Environment.settings(variables).kubernetes()).isNull();

        variables.put("APIHUB_KUBECONFIG", "in-cluster");
        assertThatThrownBy(() -> Environment.settings(variables))
                .hasMessage("APIHUB_PROVISIONER_KUBECONFIG is missing");

        variables.put("APIHUB_PROVISIONER_KUBECONFIG", "/etc/apihub/provisioner");
        assertThat(Environment.settings(variables).kubernetes())
                .isEqualTo(
                        new Settings.Kubernetes(
                                null,
                                Path.of("/etc/apihub/provisioner"),
                                "apihub-system",
                                1_000,
                                100));

        variables.remove("APIHUB_KUBECONFIG");
        assertThatThrownBy(() -> Environment.settings(variables))
                .hasMessage("APIHUB_KUBECONFIG is missing");
    }

    private void mail() {
        variables.put("APIHUB_SMTP_HOST", "mail.example.com");
        variables.put("APIHUB_SMTP_FROM", "hub@example.com");
        variables.put("APIHUB_PUBLIC_URL", "https://hub.example.com");
    }

    @Test
    void domainsOfAddressesThatNobodyProvesAreRefused() {
        variables.put("APIHUB_REGISTRATION_MAIL_DOMAINS", "example.com");
        assertThat(Environment.settings(variables).mail()).isNull();

        variables.put("APIHUB_REGISTRATION", "invitation");
        assertThatThrownBy(() -> Environment.settings(variables))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith(
                        "APIHUB_SMTP_HOST is missing, but APIHUB_REGISTRATION_MAIL_DOMAINS");

        mail();
        assertThat(Environment.settings(variables).mail()).isNotNull();
    }

    @Test
    void registeringNeedsKubernetes() {
        variables.put("APIHUB_REGISTRATION", "on");
        assertThatThrownBy(() -> Environment.settings(variables))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith("APIHUB_KUBECONFIG is missing, but APIHUB_REGISTRATION");

        variables.put("APIHUB_KUBECONFIG", "in-cluster");
        variables.put("APIHUB_PROVISIONER_KUBECONFIG", "/etc/apihub/provisioner");
        assertThat(Environment.settings(variables).identity().registration().mode())
                .isEqualTo(Identity.Mode.ON);
    }

    @Test
    void ratesHaveDefaultsAndAreSetOneByOne() {
        variables.put("APIHUB_REST_RATE_PER_USER_BURST", "7");

        assertThat(Environment.settings(variables).rates())
                .isEqualTo(new Rates(new Rates.Rate(50, 7), new Rates.Rate(200, 2_000)));

        variables.put("APIHUB_REST_RATE_PER_ADDRESS", "0");
        assertThatThrownBy(() -> Environment.settings(variables))
                .hasMessage("APIHUB_REST_RATE_PER_ADDRESS must be 1 to 99999, not '0'");
    }

    @Test
    void capsAreNumbersInBounds() {
        variables.put("APIHUB_KUBECONFIG", "/etc/apihub/portal");
        variables.put("APIHUB_PROVISIONER_KUBECONFIG", "/etc/apihub/provisioner");
        variables.put("APIHUB_MAX_APIKEYS", "5");
        assertThat(Environment.settings(variables).kubernetes())
                .extracting("portal", "mostApiKeys")
                .containsExactly(Path.of("/etc/apihub/portal"), 5);

        variables.put("APIHUB_MAX_APIKEYS", "0");
        assertThatThrownBy(() -> Environment.settings(variables))
                .hasMessage("APIHUB_MAX_APIKEYS must be 1 to 99999, not '0'");
    }
}
