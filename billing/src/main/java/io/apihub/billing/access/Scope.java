package io.apihub.billing.access;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What the means that somebody calls with is good for; who they are bounds it further. */
public enum Scope {
    READ,
    WRITE,
    /** What administrators of the platform may. */
    ADMIN,
    /**
     * How its owner logs in, and credentials for programs. No token ever has it: a token that
     * leaked must not make another one that outlives it.
     */
    ACCOUNT;

    /** Those that a token may have. */
    public static final Set<Scope> OF_TOKENS = Set.of(READ, WRITE, ADMIN);

    /** As OAuth writes it. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads a scope that a token may have; empty for anything else. */
    public static Optional<Scope> ofToken(String wireName) {
        return OF_TOKENS.stream().filter(scope -> scope.wireName().equals(wireName)).findFirst();
    }

    /** As OAuth writes several: by spaces, in a fixed order. */
    public static String text(Set<Scope> scopes) {
        return scopes.stream().sorted().map(Scope::wireName).collect(Collectors.joining(" "));
    }

    /** Reads what {@link #text} wrote; words that name no scope of tokens count for nothing. */
    public static Set<Scope> parse(String text) {
        return Arrays.stream(text.split(" ", -1))
                .map(Scope::ofToken)
                .flatMap(Optional::stream)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Scope.class)));
    }
}
