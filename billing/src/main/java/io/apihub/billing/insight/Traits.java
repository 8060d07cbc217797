package io.apihub.billing.insight;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.usage.UsageFilter;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what a query says of the records themselves. */
final class Traits {

    private static final Set<String> OUTCOMES =
            Set.of("measured", "estimated", "voided", "quarantined", "unreported");
    private static final Pattern STATUS = Pattern.compile("([0-9]{1,3})|([1-5])xx");

    private Traits() {}

    static UsageFilter.Traits of(RecordQuery query) {
        var outcome = query.outcome();
        if (outcome != null && !OUTCOMES.contains(outcome)) {
            throw invalid("outcome", "measured, estimated, voided, quarantined or unreported");
        }
        return new UsageFilter.Traits(
                outcome,
                status(query.status(), 0),
                status(query.status(), 99),
                query.dialect(),
                flag("stream", query.stream()),
                flag("estimated", query.estimated()));
    }

    private static @Nullable Integer status(@Nullable String text, int ofClass) {
        if (text == null) {
            return null;
        }
        var matcher = STATUS.matcher(text);
        if (!matcher.matches()) {
            throw invalid("status", "a number such as 429, or a class such as 4xx");
        }
        return matcher.group(1) == null
                ? Integer.parseInt(matcher.group(2)) * 100 + ofClass
                : Integer.parseInt(matcher.group(1));
    }

    static @Nullable Boolean flag(String parameter, @Nullable String text) {
        return switch (text) {
            case null -> null;
            case "true" -> Boolean.TRUE;
            case "false" -> Boolean.FALSE;
            default -> throw invalid(parameter, "true or false");
        };
    }

    private static Refused invalid(String parameter, String allowed) {
        return new Refused(Problem.invalid(parameter, "Must be " + allowed + "."));
    }
}
