package io.apihub.crd.v1alpha1;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the schema fills in, for records that are read from elsewhere than an API server. */
final class Defaults {

    private Defaults() {}

    static <T> List<T> list(@Nullable List<T> value) {
        return value == null ? List.of() : List.copyOf(value);
    }

    static <T> T value(@Nullable T value, T fallback) {
        return Objects.requireNonNullElse(value, fallback);
    }
}
