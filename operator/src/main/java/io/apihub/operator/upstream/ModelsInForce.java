package io.apihub.operator.upstream;

import io.apihub.operator.upstream.Programming.Pending;
import io.apihub.policy.v1.Model;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The models that the registry has, as far as this leader knows.
 *
 * @param rows what it wrote, by name
 * @param inherited names that an earlier leader wrote and that this one did not come to yet
 * @param withdrawn the revision of the last row that it took away; 0 if it took none
 */
record ModelsInForce(Map<String, Row> rows, Set<String> inherited, long withdrawn) {

    /** Before a leader knows; of replicas that don't lead, always. */
    static final ModelsInForce UNKNOWN = new ModelsInForce(Map.of(), Set.of(), -1);

    ModelsInForce {
        rows = Map.copyOf(rows);
        inherited = Set.copyOf(inherited);
    }

    /**
     * A row.
     *
     * @param revision that a gateway must have acked to have it
     */
    record Row(Model model, long revision) {}

    /**
     * What is not as planned yet; empty if the registry has these models, and none that is in no
     * plan.
     */
    Optional<Pending> lacking(Collection<Model> own, Set<String> planned) {
        if (withdrawn < 0) {
            return Optional.of(new Pending("what the registry has is not known yet"));
        }
        Optional<String> missing =
                own.stream().filter(model -> !has(model)).map(Model::getName).sorted().findFirst();
        if (missing.isPresent()) {
            return missing.map(name ->
                    new Pending(
                            ("model %s is not in the registry as declared: Postgres is away, or"
                                            + " another pool of the model is not ready")
                                    .formatted(name)));
        }
        return Stream.concat(rows.keySet().stream(), inherited.stream())
                .filter(name -> !planned.contains(name))
                .sorted()
                .findFirst()
                .map(name -> new Pending("model " + name + " is not withdrawn yet"));
    }

    private boolean has(Model model) {
        Row row = rows.get(model.getName());
        return row != null && row.model().equals(model);
    }

    /** What a gateway must have acked to have these models, and none that went. */
    long revision(Collection<Model> own) {
        return own.stream()
                .map(model -> rows.get(model.getName()))
                .mapToLong(row -> row == null ? 0 : row.revision())
                .reduce(withdrawn, Math::max);
    }
}
