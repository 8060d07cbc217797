package io.apihub.crd.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/resources.md names every field with its default. Its examples are tried elsewhere. */
class DocumentationTest {

    private static final String TEXT = Yaml.text(Path.of("../docs/resources.md"));

    /** The YAML blocks of the page. */
    static List<JsonNode> examples() {
        return Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
                .matcher(TEXT)
                .results()
                .flatMap(block -> Yaml.documents(block.group(1)).stream())
                .toList();
    }

    @Test
    void everyFieldIsThereWithItsDefault() {
        var missing = new ArrayList<String>();
        for (var manifest : Manifest.all()) {
            var chapter = chapter(manifest.kind()) + chapter("Quota");
            manifest.walk((path, schema) -> {
                if (isLeaf(path, schema) && !isDocumented(chapter, path, schema)) {
                    missing.add(manifest.kind() + " " + path);
                }
            });
        }
        assertThat(missing).isEmpty();
    }

    private static boolean isLeaf(String path, JsonNode schema) {
        return (path.startsWith("spec.") || path.startsWith("status."))
                && !path.startsWith("status.conditions")
                && !path.equals("status.observedGeneration")
                && !path.endsWith("[]")
                && !path.endsWith("{}")
                && !schema.has("properties")
                && schema.at("/items/properties").isMissingNode();
    }

    private static boolean isDocumented(String chapter, String path, JsonNode schema) {
        var name = path.substring(path.lastIndexOf('.') + 1);
        var value = schema.path("default").asText();
        return chapter.lines()
                .filter(row -> row.matches("\\|.*[`.]" + Pattern.quote(name) + "`.*"))
                .anyMatch(row -> row.replace("\"", "").contains(value));
    }

    private static String chapter(String kind) {
        int start = TEXT.indexOf("\n## " + kind + "\n");
        int end = TEXT.indexOf("\n## ", start + 1);
        return TEXT.substring(start, end < 0 ? TEXT.length() : end);
    }

    @Test
    void thereIsAnExampleOfEachKind() {
        assertThat(examples())
                .extracting(e -> e.path("kind").asText())
                .contains("Tenant", "ApiKey", "Quota", "Upstream", "PriceBook");
    }
}
