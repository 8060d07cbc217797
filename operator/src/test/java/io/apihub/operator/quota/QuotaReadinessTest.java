package io.apihub.operator.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.crd.v1alpha1.Amount;
import io.apihub.crd.v1alpha1.LimitSpec;
import io.apihub.crd.v1alpha1.ObjectRef;
import io.apihub.crd.v1alpha1.Quota;
import io.apihub.crd.v1alpha1.Quota.Mode;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class QuotaReadinessTest {

    private static final KeySelection WHOLE = new KeySelection(true, List.of(), 0, List.of());
    private static final KeySelection NONE = new KeySelection(false, List.of(), 0, List.of());

    @Test
    void aQuotaOnTheWholeTenantNeedsNoKey() {
        assertThat(QuotaReadiness.of(spec(Mode.ENFORCE), WHOLE).reason()).isEqualTo("InForce");
    }

    @Test
    void aShadowSaysThatItOnlyCounts() {
        var readiness = QuotaReadiness.of(spec(Mode.SHADOW), WHOLE);

        assertThat(readiness.ready()).isTrue();
        assertThat(readiness.reason()).isEqualTo("Shadow");
        assertThat(readiness.message()).contains("counted and nothing is refused");
    }

    @Test
    void shadowNamesTheLimitsThatItDoesNotCount() {
        var daily = limit("daily", LimitSpec.Metric.REQUESTS, LimitSpec.Window.DAY);
        var busy = limit("busy", LimitSpec.Metric.CONCURRENCY, null);
        var crowd = limit("crowd", LimitSpec.Metric.CONCURRENCY, null);

        var readiness = QuotaReadiness.of(spec(Mode.SHADOW, daily, busy, crowd), WHOLE);

        assertThat(readiness.ready()).isFalse();
        assertThat(readiness.reason()).isEqualTo("NotEnforced");
        assertThat(readiness.message()).contains("not counted in Shadow: busy, crowd;");
        assertThat(QuotaReadiness.of(spec(Mode.SHADOW, daily), WHOLE).reason()).isEqualTo("Shadow");
        assertThat(QuotaReadiness.of(spec(Mode.ENFORCE, daily, busy), WHOLE).reason())
                .isEqualTo("InForce");
    }

    private static LimitSpec limit(
            String name, LimitSpec.Metric metric, LimitSpec.@Nullable Window window) {
        return new LimitSpec(name, metric, window, new Amount.Count(5), List.of(), List.of());
    }

    @Test
    void aSelectionOfNothingIsInForceAndSaysSo() {
        var enforced = QuotaReadiness.of(spec(Mode.ENFORCE), NONE);
        var shadow = QuotaReadiness.of(spec(Mode.SHADOW), NONE);

        assertThat(enforced.ready()).isTrue();
        assertThat(enforced.reason()).isEqualTo("NoKeys");
        assertThat(enforced.message()).contains("nothing is limited until one has");
        assertThat(shadow.message()).contains("nothing is counted until one has");
    }

    @Test
    void missingNamesAreNamedAndTheRestIsLimited() {
        var some = new KeySelection(false, List.of(new UUID(0, 1)), 1, List.of("gone", "lost"));

        var readiness = QuotaReadiness.of(spec(Mode.ENFORCE), some);

        assertThat(readiness.ready()).isFalse();
        assertThat(readiness.message())
                .isEqualTo("the tenant has no ApiKey named gone, lost; the others are limited");
    }

    private static Quota.Spec spec(Mode mode, LimitSpec... limits) {
        return new Quota.Spec(
                new ObjectRef("acme"),
                Quota.Owner.TENANT,
                null,
                List.of(),
                Quota.Per.TARGET,
                mode,
                "UTC",
                List.of(limits));
    }
}
