package io.apihub.billing.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Programs decide by a problem's type: each one that the code has is in the tables of the guides,
 * and each one there is in the code.
 */
class ProblemTypesTest {

    private static final Path SOURCES = Path.of("src", "main", "java", "io", "apihub", "billing");
    private static final Path DOCS = Path.of("..", "docs");

    /** Where a type is the first argument. */
    private static final Pattern MADE =
            Pattern.compile(
                    "\\b(?:conflict|forbidden|unauthenticated|kubernetes|refused|No)"
                            + "\\(\\s*\"([a-z][a-z-]*[a-z])\"");

    /** In {@link Problem} itself. */
    private static final Pattern OWN =
            Pattern.compile("\\bof\\(\\s*\"([a-z][a-z-]*[a-z])\"|problem:([a-z][a-z-]*[a-z])\"");

    /** The API server's conflicts are of two types. */
    private static final Pattern CHOSEN =
            Pattern.compile("\\? \"(already-exists)\"\\s*: \"(conflict)\"");

    /** Why what was ordered was not done: an order's reasons, and no answers. */
    private static final Set<String> REASONS = Set.of("changed-since", "dearer-since");

    @Test
    void theGuidesNameAllTypesAndNoOthers() throws IOException {
        var made = made();
        made.removeAll(REASONS);

        assertThat(made).contains("invalid-field", "csrf", "conflict", "same-plan");
        assertThat(documented()).isEqualTo(made);
    }

    private static Set<String> made() throws IOException {
        var types = new TreeSet<String>();
        try (var files = Files.walk(SOURCES)) {
            for (var file : files.filter(one -> one.toString().endsWith(".java")).toList()) {
                var source = Files.readString(file);
                collect(MADE, source, types);
                if (file.endsWith("Problem.java")) {
                    collect(OWN, source, types);
                } else if (file.endsWith("ApiServerProblems.java")) {
                    collect(CHOSEN, source, types);
                }
            }
        }
        return types;
    }

    private static void collect(Pattern pattern, String text, Set<String> types) {
        pattern.matcher(text)
                .results()
                .forEach(found -> {
                    for (int i = 1; i <= found.groupCount(); i++) {
                        if (found.group(i) != null) {
                            types.add(found.group(i));
                        }
                    }
                });
    }

    /** The first cells of the tables of types; those of the framework are named by their status. */
    private static Set<String> documented() throws IOException {
        var types = new TreeSet<String>();
        for (var page : List.of("api.md", "kubernetes-api.md")) {
            boolean inside = false;
            for (var line : Files.readAllLines(DOCS.resolve(page))) {
                if (line.startsWith("| type `urn:apihub:problem:")) {
                    inside = true;
                } else if (!line.startsWith("|")) {
                    inside = false;
                } else if (inside) {
                    collect(
                            Pattern.compile("`([a-z][a-z-]*[a-z])`"),
                            line.split("\\|", 3)[1],
                            types);
                }
            }
        }
        return types;
    }
}
