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
                    "response_schema_conformance");

    private final Path directory;
    private final String url;

    Schemathesis(String url) throws IOException {
        this.directory = Files.createDirectories(Path.of("target", "schemathesis"));
        this.url = url;
    }

    /** What came out of it: nothing is wrong if {@code status} is 0. */
    record Outcome(int status, String output) {}

    /** Calls every endpoint, but those that end the session or never end. */
    Outcome run(String name, List<String> more) throws IOException, InterruptedException {
        var words = new ArrayList<String>();
        words.add(Toolbox.standard().schemathesis().toString());
        var config = Path.of("src", "test", "resources", "schemathesis.toml").toAbsolutePath();
        words.addAll(List.of("--config-file", config.toString()));
        words.addAll(List.of("run", url + "api/openapi", "--url", url));
        words.addAll(List.of("--checks", String.join(",", CHECKS)));
        words.addAll(List.of("--phases", "examples,coverage,fuzzing"));
        words.addAll(List.of("--max-examples", System.getProperty("fuzz.examples", "5")));
        words.addAll(List.of("--request-timeout", "20", "--warnings", "off", "--no-color"));
        words.addAll(more);
        var log = directory.resolve(name + ".log").toFile();
        var process =
                new ProcessBuilder(words)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log)
                        .start();
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
