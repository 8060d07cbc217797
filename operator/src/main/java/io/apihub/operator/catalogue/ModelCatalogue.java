package io.apihub.operator.catalogue;

import io.apihub.crd.v1alpha1.Condition;
import io.apihub.model.price.ModelPattern;
import io.apihub.operator.status.ConditionSet;
import io.apihub.operator.status.Readiness;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The models that Upstreams serve, for what names models: an {@code allowedModels} may miss. */
public final class ModelCatalogue {

    private static final String NOT_SERVED = "ModelsNotServed";

    private final List<Consumer<Predicate<List<String>>>> listeners = new CopyOnWriteArrayList<>();
    private volatile Optional<Set<String>> served = Optional.empty();

    /**
     * Calls {@code listener} when the models have changed, with a test that says of an {@code
     * allowedModels} whether {@link #readiness} may have changed with them.
     */
    public void onChange(Consumer<Predicate<List<String>>> listener) {
        listeners.add(listener);
    }

    /** These are served now. */
    public void served(Set<String> models) {
        var before = served;
        var now = Optional.of(Set.copyOf(models));
        served = now;
        if (!now.equals(before)) {
            Predicate<List<String>> differs =
                    globs ->
                            !globs.isEmpty()
                                    && (before.isEmpty()
                                            || !missing(globs, before.get())
                                                    .equals(missing(globs, now.get())));
            listeners.forEach(listener -> listener.accept(differs));
        }
    }

    /**
     * What to say of an object that is in force otherwise.
     *
     * @param globs its {@code allowedModels}; empty allows all
     * @param current its conditions; what they say stays while the models are not known
     */
    public Readiness readiness(Readiness ready, List<String> globs, List<Condition> current) {
        if (!ready.ready() || globs.isEmpty()) {
            return ready;
        }
        var models = served;
        if (models.isEmpty()) {
            return ConditionSet.find(current, "Ready")
                    .filter(condition -> condition.reason().equals(NOT_SERVED))
                    .map(condition -> Readiness.ready(NOT_SERVED, condition.message()))
                    .orElse(ready);
        }
        var missing = missing(globs, models.get());
        return missing.isEmpty()
                ? ready
                : Readiness.ready(
                        NOT_SERVED,
                        "no Upstream serves %s of spec.allowedModels; the rest is in force"
                                .formatted(String.join(", ", missing)));
    }

    private static List<String> missing(List<String> globs, Collection<String> models) {
        return globs.stream().filter(glob -> matchesNone(glob, models)).toList();
    }

    private static boolean matchesNone(String glob, Collection<String> models) {
        var pattern = new ModelPattern(glob);
        return models.stream().noneMatch(pattern::matches);
    }
}
