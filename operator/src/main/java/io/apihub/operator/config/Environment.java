package io.apihub.operator.config;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads variables; whatever is wrong is told with the variable's name. */
final class Environment {

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

    private final Map<String, String> variables;

    Environment(Map<String, String> variables) {
        this.variables = Map.copyOf(variables);
    }

    String required(String name) {
        var value = optional(name, "");
        if (value.isEmpty()) {
            throw new InvalidSettingException(name + " is not set");
        }
        return value;
    }

    String optional(String name, String fallback) {
        var value = variables.getOrDefault(name, "").strip();
        return value.isEmpty() ? fallback : value;
    }

    /** The variable, or the contents of the file that {@code <name>_FILE} names. */
    String secret(String name, String fallback) {
        var file = optional(name + "_FILE", "");
        if (file.isEmpty()) {
            return optional(name, fallback);
        }
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            throw new InvalidSettingException(name + "_FILE can't be read: " + e.getMessage());
        }
    }

    boolean flag(String name) {
        return switch (optional(name, "false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new InvalidSettingException(name + " must be true or false");
        };
    }

    Duration duration(String name, String fallback) {
        var text = optional(name, fallback);
        var match = DURATION.matcher(text);
        if (!match.matches()) {
            throw new InvalidSettingException(
                    name + " must be a duration such as 800ms, 60s, 10m or 1h, not '" + text + "'");
        }
        long number = Long.parseLong(match.group(1));
        return switch (match.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    InetSocketAddress address(String name) {
        var text = required(name);
        int colon = text.lastIndexOf(':');
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (colon > 0 && port >= 0 && port <= 65_535) {
                return new InetSocketAddress(text.substring(0, colon), port);
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new InvalidSettingException(name + " must be host:port, not '" + text + "'");
    }
}
