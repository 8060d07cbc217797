package io.apihub.billing.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class KindsTest {

    private enum Colour {
        RED,
        GREEN
    }

    @Test
    void whatIsAllowedIsSaidWithoutTheNamesOfClasses() {
        assertThat(List.of(int.class, Long.class, boolean.class, String.class, UUID.class))
                .extracting(Kinds::of)
                .containsExactly(
                        "a whole number", "a whole number", "true or false", "a text", "a UUID");
        assertThat(List.of(Colour.class, Instant.class, List.class, Map.class))
                .extracting(Kinds::of)
                .containsExactly(
                        "one of RED, GREEN",
                        "a time such as 2026-11-23T08:00:00Z",
                        "a list",
                        "an object");
        assertThat(Kinds.of(null)).isEqualTo("of another type");
    }
}
