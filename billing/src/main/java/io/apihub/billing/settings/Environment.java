package io.apihub.billing.settings;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads {@link Settings} from environment variables; every mistake names its variable. */
public final class Environment {

    private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");

    private final Variables variables;

    private Environment(Variables variables) {
        this.variables = variables;
    }

    /**
     * Reads and checks all settings.
     *
     * @throws InvalidSetting for the first variable that is missing or wrong
     */
    public static Settings settings(Map<String, String> variables) {
        return checked(new Environment(new Variables(variables)).settings());
    }

    private static Settings checked(Settings settings) {
        if (settings.identity().registration().mode() == Identity.Mode.ON
                && settings.kubernetes() == null) {
            throw new InvalidSetting(
                    "APIHUB_KUBECONFIG",
                    "is missing, but APIHUB_REGISTRATION is on: whoever registers gets a Tenant");
        }
        if (settings.identity().registration().mode() != Identity.Mode.OFF
                && !settings.identity().registration().mailDomains().isEmpty()
                && settings.mail() == null) {
            throw new InvalidSetting(
                    "APIHUB_SMTP_HOST",
                    "is missing, but APIHUB_REGISTRATION_MAIL_DOMAINS is given: without mail nobody"
                            + " proves an address, so anybody could type one of these domains");
        }
        return settings;
    }

    private Settings settings() {
        var identity = new IdentityVariables(variables).identity();
        return new Settings(
                database(),
                new Settings.Listeners(
                        variables.listen("APIHUB_HTTP_LISTEN"),
                        variables.listen("APIHUB_GRPC_LISTEN"),
                        variables.listen("APIHUB_MANAGEMENT_LISTEN")),
                currency(),
                variables.file("APIHUB_JWT_KEY_FILE"),
                variables.file("APIHUB_ADMIN_TOKEN_FILE"),
                new Settings.Safety(
                        variables.flag("APIHUB_SINGLE_INSTANCE_POSTGRES", true),
                        variables
                                .duration("APIHUB_MAX_STREAM_DURATION", Duration.ofHours(4))
                                .plus(
                                        variables.duration(
                                                "APIHUB_SETTLE_MARGIN", Duration.ofMinutes(1)))),
                new KubernetesVariables(variables).kubernetes(),
                identity,
                rates(),
                new MailVariables(variables).mail(),
                new OidcVariables(variables).oidc(),
                PaymentSettings.read(variables, currency(), identity.publicUrl()),
                new Webhooks(variables.networks("APIHUB_WEBHOOK_NETWORKS")));
    }

    private Rates rates() {
        return new Rates(
                rate("APIHUB_REST_RATE_PER_USER", new Rates.Rate(50, 500)),
                // Larger: a whole office may have one address.
                rate("APIHUB_REST_RATE_PER_ADDRESS", new Rates.Rate(200, 2_000)));
    }

    private Rates.Rate rate(String variable, Rates.Rate otherwise) {
        return new Rates.Rate(
                variables.count(variable, otherwise.perSecond()),
                variables.count(variable + "_BURST", otherwise.burst()));
    }

    private Settings.Database database() {
        var url = variables.required("APIHUB_DB_URL");
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new InvalidSetting(
                    "APIHUB_DB_URL", "must look like jdbc:postgresql://host:5432/apihub");
        }
        var service =
                new DatabaseLogin(
                        variables.required("APIHUB_DB_USER"),
                        variables.password("APIHUB_DB_PASSWORD"));
        var migrationUser = variables.optional("APIHUB_DB_MIGRATION_USER");
        var migration =
                migrationUser == null
                        ? service
                        : new DatabaseLogin(
                                migrationUser, variables.password("APIHUB_DB_MIGRATION_PASSWORD"));
        return new Settings.Database(url, service, migration);
    }

    private String currency() {
        var text = variables.optional("APIHUB_CURRENCY");
        if (text == null) {
            return "CNY";
        }
        if (!CURRENCY.matcher(text).matches()) {
            throw new InvalidSetting(
                    "APIHUB_CURRENCY",
                    "must be an ISO 4217 code of three capitals, such as CNY, not '" + text + "'");
        }
        return text;
    }
}
