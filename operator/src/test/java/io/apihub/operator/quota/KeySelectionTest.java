package io.apihub.operator.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.crd.v1alpha1.ObjectRef;
import io.apihub.crd.v1alpha1.Quota;
import io.apihub.operator.catalogue.KeyEntry;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeySelectionTest {

    private static final KeyEntry CI = entry(1, "ci", Map.of("role", "robot", "env", "test"));
    private static final KeyEntry APP = entry(2, "app", Map.of("role", "app"));
    private static final KeyEntry BARE = entry(3, "bare", Map.of());
    private static final List<KeyEntry> KEYS = List.of(CI, APP, BARE);

    @Test
    void neitherSelectorNorNamesMeansTheTenantAsAWhole() {
        var selection = select(null, List.of());

        assertThat(selection.all()).isTrue();
        assertThat(selection.uids()).isEmpty();
        assertThat(selection.matched()).isEqualTo(3);
    }

    @Test
    void namesThatNoKeyHasAreMissing() {
        var selection = select(null, List.of("ci", "gone"));

        assertThat(selection.uids()).containsExactly(CI.uid());
        assertThat(selection.missing()).containsExactly("gone");
    }

    @Test
    void labelsAndExpressionsMustAllHold() {
        assertThat(matched(selector().addToMatchLabels("role", "robot"))).containsExactly(CI.uid());
        assertThat(matched(expression("role", "In", "robot", "app")))
                .containsExactly(CI.uid(), APP.uid());
        assertThat(matched(expression("role", "NotIn", "robot")))
                .containsExactly(APP.uid(), BARE.uid());
        assertThat(matched(expression("env", "Exists"))).containsExactly(CI.uid());
        assertThat(matched(expression("role", "DoesNotExist"))).containsExactly(BARE.uid());
        assertThat(matched(expression("env", "Exists").addToMatchLabels("role", "app"))).isEmpty();
        assertThat(matched(selector())).hasSize(3);
    }

    private static List<UUID> matched(LabelSelectorBuilder selector) {
        return select(selector.build(), List.of()).uids();
    }

    private static LabelSelectorBuilder selector() {
        return new LabelSelectorBuilder();
    }

    private static LabelSelectorBuilder expression(String key, String operator, String... values) {
        return selector()
                .addNewMatchExpression()
                .withKey(key)
                .withOperator(operator)
                .withValues(values)
                .endMatchExpression();
    }

    private static KeySelection select(@Nullable LabelSelector selector, List<String> names) {
        var spec =
                new Quota.Spec(
                        new ObjectRef("acme"),
                        Quota.Owner.TENANT,
                        selector,
                        names,
                        Quota.Per.TARGET,
                        Quota.Mode.ENFORCE,
                        "UTC",
                        List.of());
        return KeySelection.of(spec, KEYS);
    }

    private static KeyEntry entry(int uid, String name, Map<String, String> labels) {
        return new KeyEntry(new UUID(0, uid), "acme", name, "acme", labels, List.of());
    }
}
