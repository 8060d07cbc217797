package io.apihub.billing.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@link Settings} from environment variables; every mistake names its variable. */
public final class Environment {

    private static final Pattern LISTEN =
            Pattern.compile("(\\[[0-9a-fA-F:]+]|[^:\\s]+):(\\d{1,5})");
    private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");
    private static final Pattern COUNT = Pattern.compile("[1-9]\\d{0,4}");

    /** Instead of a kubeconfig: the ServiceAccount of the pod. */
    private static final String IN_CLUSTER = "in-cluster";

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    private final Map<String, String> variables;

    private Environment(Map<String, String> variables) {
        this.variables = Map.copyOf(variables);
    }

    /**
     * Reads and checks all settings.
     *
     * @throws InvalidSetting for the first variable that is missing or wrong
     */
    public static Settings settings(Map<String, String> variables) {
        return new Environment(variables).settings();
    }

    private Settings settings() {
        return new Settings(
                database(),
                new Settings.Listeners(
                        listen("APIHUB_HTTP_LISTEN"),
                        listen("APIHUB_GRPC_LISTEN"),
                        listen("APIHUB_MANAGEMENT_LISTEN")),
                currency(),
                file("APIHUB_JWT_KEY_FILE"),
                file("APIHUB_ADMIN_TOKEN_FILE"),
                new Settings.Safety(
                        flag("APIHUB_SINGLE_INSTANCE_POSTGRES", true),
                        duration("APIHUB_MAX_STREAM_DURATION", Duration.ofHours(1))
                                .plus(duration("APIHUB_SETTLE_MARGIN", Duration.ofMinutes(1)))),
                kubernetes());
    }

    private Settings.@Nullable Kubernetes kubernetes() {
        var portal = optional("APIHUB_KUBECONFIG");
        if (portal == null && optional("APIHUB_PROVISIONER_KUBECONFIG") == null) {
            return null;
        }
        var portalFile =
                IN_CLUSTER.equals(required("APIHUB_KUBECONFIG")) ? null : file("APIHUB_KUBECONFIG");
        var namespace = optional("APIHUB_OPERATOR_NAMESPACE");
        return new Settings.Kubernetes(
                portalFile,
                file("APIHUB_PROVISIONER_KUBECONFIG"),
                namespace == null ? "apihub-system" : namespace,
                count("APIHUB_MAX_APIKEYS", 1_000),
                count("APIHUB_MAX_QUOTAS", 100));
    }

    private int count(String variable, int otherwise) {
        var text = optional(variable);
        if (text == null) {
            return otherwise;
        }
        if (!COUNT.matcher(text).matches()) {
            throw new InvalidSetting(variable, "must be 1 to 99999, not '" + text + "'");
        }
        return Integer.parseInt(text);
    }

    private Settings.Database database() {
        var url = required("APIHUB_DB_URL");
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new InvalidSetting(
                    "APIHUB_DB_URL", "must look like jdbc:postgresql://host:5432/apihub");
        }
        var service = new DatabaseLogin(required("APIHUB_DB_USER"), password("APIHUB_DB_PASSWORD"));
        var migrationUser = optional("APIHUB_DB_MIGRATION_USER");
        var migration =
                migrationUser == null
                        ? service
                        : new DatabaseLogin(
                                migrationUser, password("APIHUB_DB_MIGRATION_PASSWORD"));
        return new Settings.Database(url, service, migration);
    }

    private String password(String variable) {
        var file = optional(variable + "_FILE");
        if (file == null) {
            return required(variable);
        }
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            throw new InvalidSetting(variable + "_FILE", "can't be read: " + file);
        }
    }

    private Listen listen(String variable) {
        var text = required(variable);
        var matcher = LISTEN.matcher(text);
        if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > 65535) {
            throw new InvalidSetting(
                    variable, "must be host:port, such as 127.0.0.1:8080, not '" + text + "'");
        }
        return new Listen(matcher.group(1), Integer.parseInt(matcher.group(2)));
    }

    private String currency() {
        var text = optional("APIHUB_CURRENCY");
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

    private Path file(String variable) {
        var path = Path.of(required(variable)).toAbsolutePath();
        if (Files.isDirectory(path)) {
            throw new InvalidSetting(variable, "is a directory, not a file: " + path);
        }
        return path;
    }

    private Duration duration(String variable, Duration otherwise) {
        var text = optional(variable);
        if (text == null) {
            return otherwise;
        }
        var matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new InvalidSetting(
                    variable, "must look like 800ms, 60s, 10m or 1h, not '" + text + "'");
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    private boolean flag(String variable, boolean otherwise) {
        var text = optional(variable);
        if (text == null) {
            return otherwise;
        }
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default ->
                    throw new InvalidSetting(variable, "must be true or false, not '" + text + "'");
        };
    }

    private String required(String variable) {
        var value = optional(variable);
        if (value == null) {
            throw new InvalidSetting(variable, "is missing");
        }
        return value;
    }

    private @Nullable String optional(String variable) {
        var value = variables.get(variable);
        return value == null || value.isBlank() ? null : value.strip();
    }
}
