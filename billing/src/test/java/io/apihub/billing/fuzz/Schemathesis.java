package io.apihub.billing.fuzz;

import io.apihub.dev.tool.Toolbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs schemathesis over the description, which OpenApiIT holds to be the committed one. */
final class Schemathesis {

    private static final int MINUTES = 30;
    private static final List<String> CHECKS =
            List.of(
                    "not_a_server_error",
                    "status_code_conformance",
                    "content_type_conformance",
                    "response_headers_conformance",
                    "response_schema_conformance",
                    "nothing_of_the_inside");

    private static final Path RESOURCES = Path.of("src", "test", "resources").toAbsolutePath();
    private static final Path COMMON = RESOURCES.resolve("schemathesis.toml");

    /** The last of the checks. */
    private static final Path HOOKS = RESOURCES.resolve("schemathesis_hooks.py");

    /** What ends the session that the other calls are made with. */
    private static final String ENDING =
            """

            [[operations]]
            include-name = ["DELETE /api/v1/session", "DELETE /api/v1/me/sessions", "POST /api/v1/session"]
            enabled = false
            """;

    private static final String BUSY =
            """

            [checks.not_a_server_error]
            expected-statuses = ["2xx", "3xx", "4xx", 503]
            """;

    private final Path directory;
    private final String url;

    Schemathesis(String url) throws IOException {
        this.directory = Files.createDirectories(Path.of("target", "schemathesis"));
        this.url = url;
    }

    /** What came out of it: nothing is wrong if {@code status} is 0. */
    record Outcome(int status, String output) {}

    /**
     * How to call.
     *
     * @param headers of each request
     * @param depth how much of what is possible is tried
     * @param keepsSession what would end the session that the headers name is not called
     */
    record Run(String name, List<String> headers, Depth depth, boolean keepsSession) {}

    /** From seconds to an hour. */
    enum Depth {
        /** Each endpoint a few times, while the machine may be too busy to be on time: 503. */
        SHORT("fuzzing", "2", BUSY),
        /** All that the description says, at its limits and beyond; and what comes to mind. */
        LONG("examples,coverage,fuzzing", System.getProperty("fuzz.examples", "5"), "");

        private final String phases;
        private final String examples;
        private final String checks;

        Depth(String phases, String examples, String checks) {
            this.phases = phases;
            this.examples = examples;
            this.checks = checks;
        }
    }

    /**
     * Calls every endpoint that ends, mostly with the ids of what is there.
     *
     * @param known what paths name
     */
    Outcome run(Run run, Known known) throws IOException, InterruptedException {
        var name = run.name();
        var words = new ArrayList<String>();
        words.add(Toolbox.standard().schemathesis().toString());
        var config = directory.resolve(name + ".toml").toAbsolutePath();
        Files.writeString(
                config,
                Files.readString(COMMON)
                        + (run.keepsSession() ? ENDING : "")
                        + run.depth().checks
                        + known.toml());
        words.addAll(List.of("--config-file", config.toString()));
        words.addAll(List.of("run", url + "api/openapi", "--url", url));
        words.addAll(List.of("--checks", String.join(",", CHECKS)));
        words.addAll(List.of("--phases", run.depth().phases));
        words.addAll(List.of("--max-examples", run.depth().examples));
        words.addAll(List.of("--request-timeout", "60", "--warnings", "off", "--no-color"));
        run.headers().forEach(header -> words.addAll(List.of("-H", header)));
        var log = directory.resolve(name + ".log").toFile();
        var builder =
                new ProcessBuilder(words)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log);
        builder.environment().put("SCHEMATHESIS_HOOKS", HOOKS.toString());
        var process = builder.start();
        try {
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
                throw new IOException("schemathesis does not end; see " + log);
            }
        } finally {
            process.destroyForcibly();
        }
        return new Outcome(process.exitValue(), Files.readString(log.toPath()));
    }
}
