package io.apihub.billing;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.access.Role;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.TestSettings;
import io.apihub.billing.token.TokenHands;
import io.apihub.billing.user.EmailAddress;
import io.apihub.billing.user.Passwords;
import io.apihub.billing.user.User;
import io.apihub.billing.user.Users;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every command of docs/api.md, one after the other, as somebody would type it who has curl. */
class ApiGuideIT {

    private static final Path GUIDE = Path.of("..", "docs", "api.md");

    /** What a shell has, and curl that fails when it is refused. */
    private static final String SHELL =
            """
            set -euo pipefail
            uuidgen() { cat /proc/sys/kernel/random/uuid; }
            curl() { command curl --fail-with-body "$@"; }
            """;

    /** Skipped, the guide could be wrong and nobody would know. */
    @BeforeAll
    static void whatTheGuideNeedsIsInstalled() {
        var path = System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1);
        assertThat(List.of("bash", "curl"))
                .as("programs of docs/api.md; install those that are missing, such as curl")
                .allMatch(program ->
                        Arrays.stream(path)
                                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program))));
    }

    @Test
    void everyCommandWorks() throws Exception {
        var database = TestDatabase.create();
        var settings = TestSettings.of(database);
        var acme = database.registry().tenant("acme");
        database.registry().priceBook(1_000_000, 2_000_000, "2026-01-01T00:00:00Z");
        try (var billing = RunningBilling.with(settings, beans -> {})) {
            var me = User.active(EmailAddress.of("email", "me@example.com"), "Me", Instant.now());
            me.choosePassword(billing.get(Passwords.class).hash(People.PASSWORD));
            billing.get(Users.class).save(me);
            new People(billing).member(me, acme, Role.OWNER);
            var client =
                    RunningBilling.json(
                            new People(billing)
                                    .browser(me)
                                    .post(
                                            "/api/v1/tenants/acme/clients",
                                            Map.of(
                                                    "name", "ci",
                                                    "role", "VIEWER",
                                                    "scopes", List.of("read"))));

            var api = billing.request("/").build().uri().toString();
            run(
                    Map.of(
                            "API", api.substring(0, api.length() - 1),
                            "APIHUB_ADMIN_TOKEN_FILE", settings.adminTokenFile().toString(),
                            "APIHUB_TOKEN", new TokenHands(billing).personal(me.id(), "read"),
                            "CLIENT_ID", client.get("clientId").asString(),
                            "CLIENT_SECRET", client.get("clientSecret").asString()));
        }
    }

    private static void run(Map<String, String> environment)
            throws IOException, InterruptedException {
        var commands = commands();
        assertThat(commands.stream().filter(line -> line.contains("$API") || line.contains("$T/")))
                .hasSizeGreaterThan(20);
        var folder = Files.createTempDirectory(Path.of("target"), "guide").toAbsolutePath();
        var script = folder.resolve("guide.sh");
        Files.writeString(script, SHELL + String.join("\n", commands) + "\n");
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

    /** The shell's lines of the guide, at the times of today. */
    private static List<String> commands() throws IOException {
        var commands = new ArrayList<String>();
        boolean inside = false;
        for (var line : Files.readAllLines(GUIDE)) {
            if (line.startsWith("```")) {
                inside = line.equals("```sh");
            } else if (inside && !line.startsWith("API=")) {
                commands.add(ofToday(line));
            }
        }
        return commands;
    }

    private static String ofToday(String line) {
        var today = LocalDate.now(ZoneOffset.UTC);
        var dated =
                line.replaceAll("2026-11-\\d\\dT", today.minusDays(1) + "T")
                        .replace("2026-11", YearMonth.from(today).toString())
                        .replace("2027-03-01", today.plusDays(90).toString())
                        .replace("…", People.PASSWORD);
        // A stream never ends: what comes first is enough.
        return dated.startsWith("call -N")
                ? "grep -q -m1 '^event: balance' <(" + dated + ")"
                : dated;
    }
}
