package io.apihub.billing.usage;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A WHERE clause in the making: conditions with one parameter each. */
final class Conditions {

    private final StringBuilder sql = new StringBuilder(" WHERE true");
    private final List<Object> parameters = new ArrayList<>();

    /** Adds a condition, unless its value is null. */
    Conditions and(String condition, @Nullable Object value) {
        if (value != null) {
            sql.append(" AND ").append(condition);
            parameters.add(value);
        }
        return this;
    }

    String sql() {
        return sql.toString();
    }

    /** The conditions' parameters and then these. */
    Object[] parameters(Object... more) {
        var all = new ArrayList<>(parameters);
        all.addAll(List.of(more));
        return all.toArray();
    }
}
