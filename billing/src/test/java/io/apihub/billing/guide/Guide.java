package io.apihub.billing.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.testing.People;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The commands of a page in docs/, at the times of today.
 *
 * @param page the file's name
 */
record Guide(String page) {

    /** What a shell has, curl that fails when it is refused, and {@link Hands} for the rest. */
    private static final String SHELL =
            """
            set -euo pipefail
            uuidgen() { cat /proc/sys/kernel/random/uuid; }
            curl() { command curl --fail-with-body "$@"; }
            jq() { sed -E "s/.*\\"${2##*.}\\":\\"([^\\"]*)\\".*/\\1/"; }
            mailed() { command curl -sS "$HANDS/mail?$1"; }
            oathtool() { command curl -sS "$HANDS/code?$3"; }
            """;

    /** Skipped, a guide could be wrong and nobody would know. */
    static void checkPrograms() {
        var path = System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1);
        assertThat(List.of("bash", "curl"))
                .as("programs of the guides; install those that are missing, such as curl")
                .allMatch(program ->
                        Arrays.stream(path)
                                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program))));
    }

    /** How many calls there are. */
    long calls() throws IOException {
        return commands().stream()
                .filter(line -> line.matches(".*\\$(API|T|KEYS)\\b.*") && !line.contains("=$API"))
                .count();
    }

    /** Runs all, one after the other, and expects every one to work. */
    void run(Map<String, String> environment) throws IOException, InterruptedException {
        var folder = Files.createTempDirectory(Path.of("target"), "guide").toAbsolutePath();
        var script = folder.resolve("guide.sh");
        Files.writeString(script, SHELL + String.join("\n", commands()) + "\n");
        var log = folder.resolve("log");
        var builder =
                new ProcessBuilder("bash", "-x", script.toString())
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        var process = builder.start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    }

    private List<String> commands() throws IOException {
        var commands = new ArrayList<String>();
        boolean inside = false;
        for (var line : Files.readAllLines(Path.of("..", "docs", page))) {
            if (line.startsWith("```")) {
                inside = line.equals("```sh");
            } else if (inside && !line.startsWith("API=") && !line.startsWith("kubectl ")) {
                commands.add(ofToday(line));
            }
        }
        return commands;
    }

    private static String ofToday(String line) {
        var today = LocalDate.now(ZoneOffset.UTC);
        var dated =
                line.replace("MAILED=…", "MAILED=$(mailed new@example.com)")
                        .replace("9f86d0…", "ab".repeat(32))
                        .replaceAll("2026-11-\\d\\dT", today.minusDays(1) + "T")
                        .replace("2026-11", YearMonth.from(today).toString())
                        .replace("2027-03-01", today.plusDays(90).toString())
                        .replace("…", People.PASSWORD);
        // A stream never ends: what comes first is enough.
        return dated.startsWith("call -N") || dated.startsWith("curl -N")
                ? "grep -q -m1 '^event: ' <(" + dated + ")"
                : dated;
    }
}
