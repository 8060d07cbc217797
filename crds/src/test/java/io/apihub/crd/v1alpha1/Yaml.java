package io.apihub.crd.v1alpha1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** YAML files of the tests and manifests, as trees. */
final class Yaml {

    static final Path MANIFESTS = Path.of("manifests");
    static final Path EXAMPLES = Path.of("src/test/resources/examples");
    static final Path CASES = Path.of("src/test/resources/cases");

    private static final YAMLMapper MAPPER = new YAMLMapper();

    private Yaml() {}

    /** All documents of a text. */
    static List<JsonNode> documents(String text) {
        try (var documents = MAPPER.readerFor(JsonNode.class).<JsonNode>readValues(text)) {
            return documents.readAll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode read(Path file) {
        var documents = documents(text(file));
        if (documents.size() != 1) {
            throw new IllegalArgumentException(file + " has not one document");
        }
        return documents.getFirst();
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The YAML files of a folder, by name. */
    static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
