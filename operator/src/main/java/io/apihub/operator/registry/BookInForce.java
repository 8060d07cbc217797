package io.apihub.operator.registry;

import io.apihub.model.price.ModelPattern;
import java.util.Collection;
import java.util.List;

/**
 * The price book that billing rates with now.
 *
 * @param patterns of the models that have a price
 */
public record BookInForce(String name, long version, List<ModelPattern> patterns) {

    public BookInForce {
        patterns = List.copyOf(patterns);
    }

    /** Those that have no price, in order of their names. */
    public List<String> unpriced(Collection<String> models) {
        return models.stream()
                .filter(model -> patterns.stream().noneMatch(pattern -> pattern.matches(model)))
                .sorted()
                .toList();
    }
}
