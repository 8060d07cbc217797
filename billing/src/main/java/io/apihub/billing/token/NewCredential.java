package io.apihub.billing.token;

import io.apihub.billing.access.Scope;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.Parameters;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what is said of a new credential. */
final class NewCredential {

    private static final Duration LONGEST = Duration.ofDays(366);

    private NewCredential() {}

    /** Scopes of {@code allowed}, one at least. */
    static Set<Scope> scopes(@Nullable List<String> names, Set<Scope> allowed) {
        var scopes = EnumSet.noneOf(Scope.class);
        for (var name : names == null ? List.<String>of() : names) {
            scopes.add(
                    Scope.ofToken(String.valueOf(name))
                            .filter(allowed::contains)
                            .orElseThrow(() -> wrongScopes(allowed)));
        }
        if (scopes.isEmpty()) {
            throw wrongScopes(allowed);
        }
        return scopes;
    }

    private static Refused wrongScopes(Set<Scope> allowed) {
        return new Refused(
                Problem.invalid("scopes", "Must be one or more of: " + Scope.text(allowed) + "."));
    }

    /** A time from now on, at most a year ahead. */
    static @Nullable Instant expiry(@Nullable String text, boolean required, Instant now) {
        var time = Parameters.time("expiresAt", text);
        if (time == null ? required : !time.isAfter(now) || time.isAfter(now.plus(LONGEST))) {
            throw new Refused(
                    Problem.invalid(
                            "expiresAt",
                            "Must be a time in the next "
                                    + LONGEST.toDays()
                                    + " days, such as "
                                    + now.plus(Duration.ofDays(90)).toString().substring(0, 10)
                                    + "T00:00:00Z."));
        }
        return time;
    }
}
