package io.apihub.billing.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.testing.RunningBilling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The committed description is that of the code, and the one that billing serves. */
class OpenApiIT {

    private static final Path COMMITTED = Path.of("openapi.json");

    /** With {@code -Dopenapi.write=true} the file is written instead of compared. */
    @Test
    void theCommittedDescriptionIsThatOfTheCode() throws IOException {
        var billing = RunningBilling.shared();
        // Seconds on a quiet machine.
        var request = billing.request("/docs/rendered").timeout(Duration.ofMinutes(3));
        var rendered = billing.send(request).body() + "\n";

        if (Boolean.getBoolean("openapi.write")) {
            Files.writeString(COMMITTED, rendered);
        }

        assertNamed(rendered);
        assertThat(rendered)
                .as("changed? run this test with -Dopenapi.write=true and commit openapi.json")
                .isEqualTo(Files.readString(COMMITTED));
    }

    @Test
    void theServedDescriptionIsTheCommittedOneAndSentOnce() throws IOException {
        var billing = RunningBilling.shared();
        var served = billing.send(billing.request("/api/openapi"));
        var tag = served.headers().firstValue("ETag").orElseThrow();
        var again = billing.send(billing.request("/api/openapi").header("If-None-Match", tag));

        // A build that writes the file serves what it had before.
        if (!Boolean.getBoolean("openapi.write")) {
            assertThat(served.body()).isEqualTo(Files.readString(COMMITTED));
        }
        assertThat(served.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
    }

    /** Generated clients have a method for each. */
    private static void assertNamed(String description) {
        var names = new ArrayList<String>();
        for (var item : JsonMapper.shared().readTree(description).get("paths")) {
            for (var operation : item) {
                names.add(operation.get("operationId").asString());
            }
        }
        assertThat(names)
                .as("names of operations, which no other one's being there changes")
                .isNotEmpty()
                .doesNotHaveDuplicates()
                .allSatisfy(name -> assertThat(name).matches("[a-z]+([A-Z][a-z]*)+"));
    }
}
