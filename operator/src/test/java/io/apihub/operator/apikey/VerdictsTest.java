package io.apihub.operator.apikey;

import static io.apihub.operator.apikey.KeyFixtures.key;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VerdictsTest {

    private static final String GENERATE = "generate: {secretName: ci-key}";

    @Test
    void whatIsDeclaredAndCarriedOutIsReady() {
        assertThat(Verdicts.inForce(key(GENERATE)).ready()).isTrue();
    }

    @Test
    void aRotationThatIsNotCarriedOutDoesNotLookAsIfItWere() {
        var rotated = key(GENERATE + ", rotation: {requestedAt: '2026-02-01T00:00:00Z'}");

        var verdict = Verdicts.inForce(rotated);

        assertThat(verdict.ready()).isFalse();
        assertThat(verdict.stalled()).isTrue();
        assertThat(verdict.reason()).isEqualTo("NotEnforced");
        assertThat(verdict.message()).contains("spec.rotation", "remove");
    }
}
