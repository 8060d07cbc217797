package io.apihub.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whoever follows a link of the documentation arrives. */
class LinksTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
    private static final Pattern CODE = Pattern.compile("(?ms)^```.*?^```");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.*?) *$");

    @Test
    void everyLinkLeadsToAFileAndToAHeadingThatIsThere() throws IOException {
        var broken = new ArrayList<String>();
        int links = 0;
        for (var page : pages()) {
            for (var link : links(page)) {
                links++;
                if (!arrives(page, link)) {
                    broken.add(ROOT.relativize(page) + ": " + link);
                }
            }
        }
        assertThat(broken).isEmpty();
        assertThat(links).isGreaterThan(100);
    }

    private static List<Path> pages() throws IOException {
        try (var top = Files.list(ROOT);
                var docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(top, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    /** Those within the project. */
    private static List<String> links(Path page) throws IOException {
        return LINK.matcher(prose(page))
                .results()
                .map(link -> link.group(1))
                .filter(link -> !link.matches("[a-z]+:.*"))
                .toList();
    }

    private static boolean arrives(Path page, String link) throws IOException {
        int hash = link.indexOf('#');
        var file = hash < 0 ? link : link.substring(0, hash);
        var target = file.isEmpty() ? page : page.resolveSibling(file).normalize();
        if (!target.startsWith(ROOT) || !Files.exists(target)) {
            return false;
        }
        return hash < 0 || anchors(target).contains(link.substring(hash + 1));
    }

    private static Set<String> anchors(Path page) throws IOException {
        var anchors = new HashSet<String>();
        HEADING.matcher(prose(page))
                .results()
                .map(heading -> anchor(heading.group(1)))
                .forEach(anchors::add);
        return anchors;
    }

    /** As GitHub makes it of a heading. */
    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replace(' ', '-')
                .replaceAll("[^\\p{L}\\p{N}_-]", "");
    }

    private static String prose(Path page) throws IOException {
        return CODE.matcher(Files.readString(page)).replaceAll("");
    }
}
