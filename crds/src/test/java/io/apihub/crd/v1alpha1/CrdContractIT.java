package io.apihub.crd.v1alpha1;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.mapping;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apihub.crd.v1alpha1.Cases.Case;
import io.apihub.crd.v1alpha1.Manifest.Rule;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every rule of the definitions, evaluated by a real API server, both ways, with its message. */
@ExtendWith(ApiServer.class)
class CrdContractIT {

    private final List<Rule> rules =
            Manifest.all().stream().flatMap(m -> m.rules().stream()).toList();
    private final Set<Rule> refusing = new HashSet<>();
    private final Set<Rule> accepting = new HashSet<>();

    @TestFactory
    Stream<DynamicTest> theApiServerDecidesEachCase(ApiServer.Running server) {
        var cases =
                Cases.all().stream()
                        .map(c ->
                                DynamicTest.dynamicTest(c.name(), () -> check(c, server.client())));
        return Stream.concat(
                cases,
                Stream.of(
                        DynamicTest.dynamicTest(
                                "every rule has a case that it refuses",
                                () -> assertThat(without(refusing)).isEmpty()),
                        DynamicTest.dynamicTest(
                                "every rule has a case that it accepts",
                                () -> assertThat(without(accepting)).isEmpty())));
    }

    private List<Rule> without(Set<Rule> tried) {
        return rules.stream().filter(rule -> !tried.contains(rule)).toList();
    }

    private void check(Case one, KubernetesClient client) {
        var causes = one.change() == null ? create(one, client) : change(one, client);

        var messages =
                causes.stream()
                        .collect(
                                groupingBy(
                                        CrdContractIT::field,
                                        mapping(StatusCause::getMessage, joining("; "))));
        assertThat(messages).containsOnlyKeys(one.refused().keySet());
        one.refused().forEach((field, part) -> assertThat(messages.get(field)).contains(part));
        if (!one.hidden().isEmpty()) {
            assertThat(messages.values()).noneMatch(m -> m.contains(one.hidden()));
        }
        note(one, causes);
    }

    private static List<StatusCause> create(Case one, KubernetesClient client) {
        try {
            client.resource(resource(one.object())).dryRun().create();
            return List.of();
        } catch (KubernetesClientException e) {
            return causes(e);
        }
    }

    private static List<StatusCause> change(Case one, KubernetesClient client) {
        var created = client.resource(resource(one.object())).create();
        try {
            client.resource(created).dryRun().update();
            client.resource(resource(changed(one))).dryRun().update();
            return List.of();
        } catch (KubernetesClientException e) {
            return causes(e);
        } finally {
            client.resource(created).delete();
        }
    }

    private static ObjectNode changed(Case one) {
        var changed = one.object().deepCopy();
        if (one.change() != null) {
            Cases.merge(changed, one.change());
        }
        return changed;
    }

    /** Without the remark that rules wait until the form is right. */
    private static List<StatusCause> causes(KubernetesClientException refusal) {
        assertThat(refusal.getCode()).as(refusal.getMessage()).isEqualTo(422);
        return refusal.getStatus().getDetails().getCauses().stream()
                .filter(c -> !c.getMessage().contains("some validation rules were not checked"))
                .toList();
    }

    private static GenericKubernetesResource resource(JsonNode object) {
        return Serialization.unmarshal(object.toString(), GenericKubernetesResource.class);
    }

    private static String field(StatusCause cause) {
        var field = cause.getField();
        return field == null || field.equals("<nil>") ? "" : field;
    }

    /** Notes which rules spoke, and which were evaluated and had nothing to say. */
    private void note(Case one, List<StatusCause> causes) {
        for (var rule : rules) {
            if (!rule.kind().equals(one.kind())) {
                continue;
            }
            boolean spoke =
                    causes.stream()
                            .anyMatch(c ->
                                    field(c).replaceAll("\\[[0-9]+]", "[]").equals(rule.field())
                                            && c.getMessage().endsWith(rule.message()));
            if (spoke) {
                refusing.add(rule);
            } else if (causes.isEmpty() && evaluated(rule, one)) {
                accepting.add(rule);
            }
        }
    }

    private static boolean evaluated(Rule rule, Case one) {
        boolean before = !values(one.object(), rule.path()).isEmpty();
        boolean after = !values(changed(one), rule.path()).isEmpty();
        return rule.transition() ? one.change() != null && before && after : before || after;
    }

    /** The values at a path in which {@code []} stands for every item. */
    private static List<JsonNode> values(JsonNode object, String path) {
        var values = List.of(object);
        for (var step : path.replace("[]", ".[]").split("\\.", -1)) {
            var next = new ArrayList<JsonNode>();
            for (var value : values) {
                if (step.equals("[]")) {
                    value.forEach(next::add);
                } else if (step.isEmpty()) {
                    next.add(value);
                } else if (value.has(step)) {
                    next.add(value.get(step));
                }
            }
            values = next;
        }
        return values;
    }
}
