package io.apihub.dev.mint;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The command line of {@code start.sh mint}. */
public final class MintFlags {

    private static final List<String> KNOWN =
            List.of("--tenant", "--namespace", "--name", "--expires", "--out");
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern LIFE = Pattern.compile("(\\d{1,5})([dh])");

    private MintFlags() {}

    /**
     * Reads the arguments after {@code mint}.
     *
     * @throws IllegalArgumentException with one line that names the wrong flag
     */
    public static Minting parse(List<String> arguments, InstantSource clock) {
        var given = new TreeMap<String, String>();
        for (int i = 0; i < arguments.size(); i += 2) {
            var flag = arguments.get(i);
            if (!KNOWN.contains(flag)) {
                throw new IllegalArgumentException("unknown flag " + flag + "; try --help");
            }
            if (i + 1 == arguments.size() || arguments.get(i + 1).startsWith("--")) {
                throw new IllegalArgumentException(flag + " needs a value; try --help");
            }
            if (given.put(flag, arguments.get(i + 1)) != null) {
                throw new IllegalArgumentException(flag + " is given twice");
            }
        }
        var tenant =
                name(given, "--tenant")
                        .orElseThrow(
                                () -> new IllegalArgumentException("mint needs --tenant NAME"));
        return new Minting(
                tenant,
                name(given, "--namespace").orElse(tenant),
                name(given, "--name"),
                Optional.ofNullable(given.get("--expires")).map(text -> end(text, clock)),
                Optional.ofNullable(given.get("--out")).map(Path::of));
    }

    private static Optional<String> name(Map<String, String> given, String flag) {
        var name = given.get(flag);
        if (name != null && !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    flag + " needs 1 to 63 characters a-z, 0-9 and '-', not '" + name + "'");
        }
        return Optional.ofNullable(name);
    }

    private static Instant end(String text, InstantSource clock) {
        var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        var life = LIFE.matcher(text);
        if (life.matches()) {
            long amount = Long.parseLong(life.group(1));
            return now.plus(
                    life.group(2).equals("d") ? Duration.ofDays(amount) : Duration.ofHours(amount));
        }
        try {
            var end = Instant.parse(text);
            if (end.isAfter(now)) {
                return end;
            }
        } catch (DateTimeException e) {
            // Said below, like a time that is past.
        }
        throw new IllegalArgumentException(
                "--expires needs a time to come, such as 90d, 720h or 2027-01-01T00:00:00Z, not '"
                        + text
                        + "'");
    }
}
