package io.apihub.operator.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.crd.v1alpha1.Condition;
import io.apihub.operator.status.Readiness;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ModelCatalogueTest {

    private static final Readiness READY = Readiness.ready("all well");

    private final ModelCatalogue models = new ModelCatalogue();

    @Test
    void whatNoUpstreamServesIsNamedAndTheObjectStaysReady() {
        models.served(Set.of("gpt-4o", "gemini-pro"));

        assertThat(models.readiness(READY, List.of("gpt-*", "gemini-pro"), List.of()))
                .isEqualTo(READY);
        var some = models.readiness(READY, List.of("gpt-*", "gpt-5", "claude-*"), List.of());
        assertThat(some.ready()).isTrue();
        assertThat(some.reason()).isEqualTo("ModelsNotServed");
        assertThat(some.message()).contains("gpt-5, claude-*").doesNotContain("gpt-*");
        assertThat(models.readiness(READY, List.of(), List.of())).isEqualTo(READY);
        var waiting = Readiness.waiting("Else", "where");
        assertThat(models.readiness(waiting, List.of("claude-*"), List.of())).isEqualTo(waiting);
    }

    @Test
    void untilTheModelsAreKnownWhatWasSaidStays() {
        var said = new Condition("Ready", "True", "ModelsNotServed", "old", Instant.EPOCH, 1L);

        assertThat(models.readiness(READY, List.of("m"), List.of())).isEqualTo(READY);
        assertThat(models.readiness(READY, List.of("m"), List.of(said)).message()).isEqualTo("old");
        models.served(Set.of("m"));
        assertThat(models.readiness(READY, List.of("m"), List.of(said))).isEqualTo(READY);
    }

    @Test
    void onlyThoseThatAreTouchedAreLookedAtAgain() {
        models.served(Set.of("gpt-4o"));
        var touched = new ArrayList<Boolean>();
        models.onChange(differs -> {
            touched.add(differs.test(List.of("claude-*")));
            touched.add(differs.test(List.of("gpt-*")));
            touched.add(differs.test(List.of()));
        });

        models.served(Set.of("gpt-4o", "claude-4"));
        models.served(Set.of("claude-4", "gpt-4o"));

        assertThat(touched).containsExactly(true, false, false);
    }
}
