package io.apihub.billing.insight;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which keys a proposed Quota is about, by their labels; an empty one is about all. */
record ProposedSelector(
        @Nullable Map<String, @Nullable String> matchLabels,
        @Nullable List<@Nullable Expression> matchExpressions) {

    private static final int MOST = 100;
    private static final String FIELD = "spec.selector";

    /**
     * One condition.
     *
     * @param operator In, NotIn, Exists or DoesNotExist
     * @param values for In and NotIn one or more, else none
     */
    record Expression(
            @Nullable String key,
            @Nullable String operator,
            @Nullable List<@Nullable String> values) {

        private boolean matches(Map<String, String> labels) {
            var value = labels.get(key);
            return switch (String.valueOf(operator)) {
                case "In" -> value != null && listed().contains(value);
                case "NotIn" -> value == null || !listed().contains(value);
                case "Exists" -> value != null;
                case "DoesNotExist" -> value == null;
                default ->
                        throw invalid(
                                ".matchExpressions",
                                "operator must be In, NotIn, Exists or DoesNotExist");
            };
        }

        private List<@Nullable String> listed() {
            return values == null ? List.of() : values;
        }

        private void check() {
            if (key == null || key.isEmpty()) {
                throw invalid(".matchExpressions", "each needs a key");
            }
            boolean lists = "In".equals(operator) || "NotIn".equals(operator);
            if (lists == listed().isEmpty() || listed().size() > MOST) {
                throw invalid(
                        ".matchExpressions",
                        "In and NotIn need 1 to " + MOST + " values, the others none");
            }
            // Throws if the operator is unknown.
            matches(Map.of());
        }
    }

    /**
     * Checks all of it.
     *
     * @throws Refused naming the field that is wrong
     */
    void check() {
        if (exact().size() > MOST || expressions().size() > MOST) {
            throw invalid("", "may have at most " + MOST + " conditions");
        }
        if (exact().values().stream().anyMatch(Objects::isNull)) {
            throw invalid(".matchLabels", "values are texts");
        }
        for (var expression : expressions()) {
            if (expression == null) {
                throw invalid(".matchExpressions", "each needs a key");
            }
            expression.check();
        }
    }

    boolean matches(Map<String, String> labels) {
        return exact().entrySet().stream()
                        .allMatch(label ->
                                labels.getOrDefault(label.getKey(), "\0").equals(label.getValue()))
                && expressions().stream()
                        .allMatch(expression -> expression == null || expression.matches(labels));
    }

    private Map<String, @Nullable String> exact() {
        return matchLabels == null ? Map.of() : matchLabels;
    }

    private List<@Nullable Expression> expressions() {
        return matchExpressions == null ? List.of() : matchExpressions;
    }

    private static Refused invalid(String field, String whatIsWrong) {
        return new Refused(Problem.invalid(FIELD + field, "It is wrong: " + whatIsWrong + "."));
    }
}
