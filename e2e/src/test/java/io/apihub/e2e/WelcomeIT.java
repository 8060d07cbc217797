package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.dev.FirstLogIn;
import io.apihub.dev.Welcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What {@code start.sh} prints once it serves is so, and its lines work as printed. */
@ExtendWith(ProductExtension.class)
class WelcomeIT {

    private static String text;

    @BeforeAll
    static void print(Product product) throws IOException {
        var stack = product.stack();
        var password = stack.adminTokenFile().resolveSibling("admin-password");
        text = new Welcome(stack, true, FirstLogIn.before(password)).text(Duration.ofSeconds(9));
    }

    private static String line(String part) {
        return text.lines()
                .filter(line -> line.contains(part))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no line with " + part + " in " + text))
                .strip();
    }

    /** The rest of the line that begins with these words. */
    private static String value(String name) {
        return line(name).substring(name.length()).strip();
    }

    @Test
    void theRequestIsAnswered() throws Exception {
        assertThat(line("/v1/chat/completions")).startsWith("curl http://localhost:");
        assertThat(Started.shell(line("/v1/chat/completions"))).contains("\"choices\"");
    }

    @Test
    void kubectlReachesTheApiServerAndShowsEveryKind() throws Exception {
        String shown = Started.shell(line("export KUBECONFIG="), line(" get tenants,"));

        assertThat(shown)
                .contains(
                        "tenant.apihub.io/demo",
                        "apikey.apihub.io/demo",
                        "upstream.apihub.io/cliproxy",
                        "pricebook.apihub.io/demo");
    }

    @Test
    void theAdministratorsTokenOpensTheApiAndIsItsOwnersAlone() throws Exception {
        assertThat(Started.shell(line("/balance"))).contains("\"balanceMicros\"");
        var token = Path.of(value("administrator token"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(token)))
                .isEqualTo("rw-------");
    }

    @Test
    void theAddressesAnswerAndTheLogsAreThere() throws Exception {
        assertThat(Started.shell("curl -sL " + value("API and its try-out"))).contains("swagger");
        assertThat(Path.of(value("logs"), "operator.log")).isNotEmptyFile();
        assertThat(value("gateway")).matches(Pattern.compile("http://localhost:\\d+"));
    }
}
