package io.apihub.billing.settings;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Environment variables by type; every mistake names its variable. Blank ones count as absent. */
final class Variables {

    private static final Pattern LISTEN =
            Pattern.compile("(\\[[0-9a-fA-F:]+]|[^:\\s]+):(\\d{1,5})");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    private static final Pattern COUNT = Pattern.compile("[1-9]\\d{0,4}");

    private final Map<String, String> variables;

    Variables(Map<String, String> variables) {
        this.variables = Map.copyOf(variables);
    }

    String password(String variable) {
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

    Listen listen(String variable) {
        var text = required(variable);
        var matcher = LISTEN.matcher(text);
        if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > 65535) {
            throw new InvalidSetting(
                    variable, "must be host:port, such as 127.0.0.1:8080, not '" + text + "'");
        }
        return new Listen(matcher.group(1), Integer.parseInt(matcher.group(2)));
    }

    Path file(String variable) {
        var path = Path.of(required(variable)).toAbsolutePath();
        if (Files.isDirectory(path)) {
            throw new InvalidSetting(variable, "is a directory, not a file: " + path);
        }
        return path;
    }

    Duration duration(String variable, Duration otherwise) {
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

    int count(String variable, int otherwise) {
        var text = optional(variable);
        if (text == null) {
            return otherwise;
        }
        if (!COUNT.matcher(text).matches()) {
            throw new InvalidSetting(variable, "must be 1 to 99999, not '" + text + "'");
        }
        return Integer.parseInt(text);
    }

    boolean flag(String variable, boolean otherwise) {
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

    String required(String variable) {
        var value = optional(variable);
        if (value == null) {
            throw new InvalidSetting(variable, "is missing");
        }
        return value;
    }

    @Nullable String optional(String variable) {
        var value = variables.get(variable);
        return value == null || value.isBlank() ? null : value.strip();
    }

    /** The parts between commas, without blank ones. */
    List<String> list(String variable) {
        var text = optional(variable);
        return text == null
                ? List.of()
                : Arrays.stream(text.split(",", -1))
                        .map(String::strip)
                        .filter(part -> !part.isEmpty())
                        .toList();
    }

    /** Addresses or ranges by commas; names are never looked up. */
    List<Network> networks(String variable) {
        return list(variable).stream().map(text -> network(variable, text)).toList();
    }

    private static Network network(String variable, String text) {
        try {
            return Network.parse(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidSetting(
                    variable,
                    "must list addresses or ranges such as 10.0.0.0/8, not '" + text + "'");
        }
    }

    <E extends Enum<E>> E choice(String variable, E otherwise) {
        var text = optional(variable);
        if (text == null) {
            return otherwise;
        }
        var choices = otherwise.getDeclaringClass().getEnumConstants();
        return Arrays.stream(choices)
                .filter(choice -> name(choice).equals(text))
                .findFirst()
                .orElseThrow(() ->
                        new InvalidSetting(
                                variable,
                                "must be one of "
                                        + String.join(
                                                ", ",
                                                Arrays.stream(choices)
                                                        .map(Variables::name)
                                                        .toList())
                                        + ", not '"
                                        + text
                                        + "'"));
    }

    private static String name(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** An origin: scheme and authority only, so that links can be made from it. */
    @Nullable URI origin(String variable) {
        var text = optional(variable);
        if (text == null) {
            return null;
        }
        try {
            var uri = new URI(text);
            if (isOrigin(uri)) {
                return new URI(uri.getScheme() + "://" + uri.getRawAuthority());
            }
        } catch (URISyntaxException e) {
            throw new InvalidSetting(variable, "is no URL: '" + text + "'");
        }
        throw new InvalidSetting(
                variable, "must look like https://hub.example.com, not '" + text + "'");
    }

    private static boolean isOrigin(URI uri) {
        return ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
                && uri.getHost() != null
                && uri.getUserInfo() == null
                && (uri.getPath().isEmpty() || uri.getPath().equals("/"))
                && uri.getQuery() == null
                && uri.getFragment() == null;
    }
}
