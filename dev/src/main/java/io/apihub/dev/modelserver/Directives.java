package io.apihub.dev.modelserver;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a prompt or a model's name asks this server to do beyond answering. */
record Directives(Map<String, String> values) {

    private static final Pattern DIRECTIVE = Pattern.compile("\\[\\[([a-z0-9-]+)(?:=([^\\]]*))?]]");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s)");

    Directives {
        values = Map.copyOf(values);
    }

    /** Reads all directives in {@code texts}; of two with the same name the later one counts. */
    static Directives in(String... texts) {
        var found = new HashMap<String, String>();
        for (String text : texts) {
            DIRECTIVE
                    .matcher(text)
                    .results()
                    .forEach(m -> found.put(m.group(1), m.group(2) == null ? "" : m.group(2)));
        }
        return new Directives(found);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    Optional<String> value(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /**
     * A count.
     *
     * @throws BadRequest if it is not a number from 0 to 999,999,999
     */
    int number(String name, int absent) {
        String value = values.get(name);
        if (value == null) {
            return absent;
        }
        if (!value.matches("\\d{1,9}")) {
            throw new BadRequest("[[" + name + "]] needs a number, not '" + value + "'");
        }
        return Integer.parseInt(value);
    }

    /**
     * A duration; zero when absent, {@code unspecified} when given without a value.
     *
     * @throws BadRequest if it is not a duration
     */
    Duration duration(String name, Duration unspecified) {
        String value = values.get(name);
        if (value == null) {
            return Duration.ZERO;
        }
        if (value.isEmpty()) {
            return unspecified;
        }
        var matcher = DURATION.matcher(value);
        if (!matcher.matches()) {
            throw new BadRequest("[[" + name + "]] needs 200ms or 2s, not '" + value + "'");
        }
        long amount = Long.parseLong(matcher.group(1));
        return "s".equals(matcher.group(2))
                ? Duration.ofSeconds(amount)
                : Duration.ofMillis(amount);
    }
}
