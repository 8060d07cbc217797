package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.dev.modelserver.ModelServer;
import io.apihub.dev.modelserver.Served;
import io.apihub.dev.process.Await;
import io.apihub.dev.process.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code start.sh} as a user has it, but for the build before it: with a server of the user's, then
 * once more on the same data with the demo. Two whole stacks cost minutes of a busy machine, so it
 * is not in every build.
 */
@Tag("proof")
class StartIT {

    private static final String OWN_KEY = "sk-of-the-users-server";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final long GRANTED_MICROS = 100_000_000;
    private static final Pattern MICROS = Pattern.compile("\"balanceMicros\":\"(\\d+)\"");

    /** With a space, as a home directory may have one. */
    private static final String DATA = "my data";

    @TempDir private Path temporary;

    @Test
    void aSecondStartKeepsTheDataAndNotTheOtherUpstreams()
            throws IOException, InterruptedException {
        int port = Ports.free();
        String key;
        long balance;
        try (var own = ModelServer.start(0, Optional.of(OWN_KEY), Optional.empty());
                var first =
                        start(
                                port,
                                "--upstream",
                                own.url().toString(),
                                "--upstream-key",
                                OWN_KEY)) {
            assertThat(Started.shell(first.line("/v1/models")))
                    .contains("\"demo-large\"")
                    .doesNotContain("demo-gpt");
            assertThat(Started.shell(chat(first.line("/v1/models"), "demo-large")))
                    .contains("\"choices\"");
            Await.until(
                    "the user's server to have been asked",
                    PATIENCE,
                    () ->
                            own.served().stream()
                                    .map(Served::pathOnly)
                                    .anyMatch("/v1/chat/completions"::equals));
            balance = spentBalance(first);
            key = Started.shell("cat '%s'".formatted(temporary.resolve(DATA + "/demo-key")));
            endsWithAllItStarted(first);
        }

        try (var second = start(port)) {
            assertThat(balance(second)).isEqualTo(balance);
            assertThat(Started.shell("cat '%s'".formatted(temporary.resolve(DATA + "/demo-key"))))
                    .isEqualTo(key);
            assertThat(Started.shell(second.line("/v1/chat/completions"))).contains("\"choices\"");
            String upstreams =
                    Started.shell(second.line("export KUBECONFIG"), second.line("get tenants"));
            assertThat(upstreams)
                    .contains("upstream.apihub.io/cliproxy", "upstream.apihub.io/modelserver")
                    .doesNotContain("upstream.apihub.io/upstream");
            endsWithAllItStarted(second);
        }
    }

    private Started start(int port, String... more) throws IOException, InterruptedException {
        var flags = new ArrayList<String>();
        flags.addAll(List.of("--data", temporary.resolve(DATA).toString()));
        flags.addAll(List.of("--port", Integer.toString(port)));
        flags.addAll(List.of(more));
        return Started.start(
                temporary.resolve("output-" + more.length), flags.toArray(String[]::new));
    }

    /** The printed line with another path. */
    private static String chat(String models, String model) {
        return models.replace("/v1/models", "/v1/chat/completions")
                + " -H 'content-type: application/json' -d '%s'"
                        .formatted(
                                "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}"
                                        .formatted(model));
    }

    /** The balance once the request is charged, so that it stays. */
    private static long spentBalance(Started stack) throws IOException, InterruptedException {
        Await.until("the request to be charged", PATIENCE, () -> balance(stack) < GRANTED_MICROS);
        return balance(stack);
    }

    /** As the printed line tells it, micro-units. */
    private static long balance(Started stack) throws IOException, InterruptedException {
        String told = Started.shell(stack.line("/balance"));
        var micros = MICROS.matcher(told);
        assertThat(micros.find()).as(told).isTrue();
        return Long.parseLong(micros.group(1));
    }

    private static void endsWithAllItStarted(Started stack) throws InterruptedException {
        var children = stack.children();
        assertThat(children).hasSizeGreaterThan(6);

        stack.stop();

        Await.until(
                "its programs to end",
                PATIENCE,
                () -> children.stream().noneMatch(ProcessHandle::isAlive));
    }
}
