package io.apihub.billing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/asvs.md says that tests hold, tests hold. */
class AsvsTest {

    private static final Path PAGE = Path.of("..", "docs", "asvs.md");
    private static final Path TESTS = Path.of("src", "test", "java");
    private static final Pattern NAMED = Pattern.compile("`(\\w+)#(\\w+)`");

    @Test
    void everyTestThatIsNamedExists() throws IOException {
        var sources = sources();
        var missing = new TreeSet<String>();
        int named = 0;
        for (var found = NAMED.matcher(Files.readString(PAGE)); found.find(); named++) {
            var source = sources.getOrDefault(found.group(1), "");
            // A test's method is neither private nor static; what helps tests is.
            if (!source.contains("\n    void " + found.group(2) + "(")) {
                missing.add(found.group());
            }
        }

        assertThat(named).isGreaterThan(100);
        assertThat(missing).isEmpty();
    }

    @Test
    void everyRowNamesATest() throws IOException {
        var empty = new ArrayList<String>();
        for (var line : Files.readAllLines(PAGE)) {
            if (line.matches("\\| \\d.*") && !NAMED.matcher(line).find()) {
                empty.add(line);
            }
        }

        assertThat(empty).isEmpty();
    }

    private static Map<String, String> sources() throws IOException {
        var sources = new HashMap<String, String>();
        try (var files = Files.walk(TESTS)) {
            for (var file : files.filter(one -> one.toString().endsWith(".java")).toList()) {
                var name = file.getFileName().toString().replace(".java", "");
                sources.merge(name, Files.readString(file), String::concat);
            }
        }
        return sources;
    }
}
