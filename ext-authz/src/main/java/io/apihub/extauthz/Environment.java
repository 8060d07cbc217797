package io.apihub.extauthz;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads settings. Every method throws {@link InvalidSetting} for what it can't use. */
final class Environment {

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final Pattern ADDRESS = Pattern.compile("(\\[[^]]+]|[^:]+):(\\d{1,5})");

    private final Map<String, String> variables;

    Environment(Map<String, String> variables) {
        this.variables = Map.copyOf(variables);
    }

    String text(String name) {
        var value = variables.get(name);
        if (value == null || value.isBlank()) {
            throw new InvalidSetting(name, "is not set");
        }
        return value;
    }

    Path path(String name) {
        return Path.of(text(name)).toAbsolutePath();
    }

    /** {@code host:port}, checked and left as it is. */
    String target(String name) {
        var value = text(name);
        var parts = ADDRESS.matcher(value);
        if (!parts.matches() || Integer.parseInt(parts.group(2)) > 65_535) {
            throw new InvalidSetting(name, "'" + value + "' is not host:port");
        }
        return value;
    }

    InetSocketAddress address(String name) {
        var value = target(name);
        int colon = value.lastIndexOf(':');
        return new InetSocketAddress(
                value.substring(0, colon), Integer.parseInt(value.substring(colon + 1)));
    }

    /** {@code 800ms}, {@code 60s}, {@code 10m}, {@code 1h}; more than nothing. */
    Duration duration(String name, Duration absent) {
        var value = value(name);
        if (value == null) {
            return absent;
        }
        var parts = DURATION.matcher(value);
        if (!parts.matches() || Long.parseLong(parts.group(1)) == 0) {
            throw new InvalidSetting(
                    name, "'" + value + "' is not a duration such as 800ms or 60s");
        }
        long amount = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    long positive(String name, long absent) {
        var value = value(name);
        if (value == null) {
            return absent;
        }
        if (!value.matches("[1-9]\\d{0,17}")) {
            throw new InvalidSetting(name, "'" + value + "' is not a whole number above 0");
        }
        return Long.parseLong(value);
    }

    /** One of the names of an enumeration, in lower case. */
    <E extends Enum<E>> E choice(String name, E absent) {
        var value = value(name);
        if (value == null) {
            return absent;
        }
        var choices = List.of(absent.getDeclaringClass().getEnumConstants());
        return choices.stream()
                .filter(choice -> choice.name().toLowerCase(Locale.ROOT).equals(value))
                .findFirst()
                .orElseThrow(() ->
                        new InvalidSetting(
                                name,
                                ("'" + value + "' is not one of " + choices)
                                        .toLowerCase(Locale.ROOT)));
    }

    private @Nullable String value(String name) {
        var value = variables.get(name);
        return value == null || value.isBlank() ? null : value;
    }
}
