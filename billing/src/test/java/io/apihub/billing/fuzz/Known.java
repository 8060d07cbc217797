package io.apihub.billing.fuzz;

import java.util.LinkedHashMap;
import java.util.Map;

/** What is there, for four requests of five; the fifth names something that is not. */
final class Known {

    private final Map<String, String> everywhere = new LinkedHashMap<>();
    private final Map<String, String> byPath = new LinkedHashMap<>();

    /** The value of a variable in whatever path has it. */
    Known with(String variable, String value) {
        everywhere.put(variable, value);
        return this;
    }

    /** The value of {@code id} in the paths that begin so. */
    Known withId(String pathPrefix, String value) {
        byPath.put(pathPrefix, value);
        return this;
    }

    /** As schemathesis reads it. */
    String toml() {
        var dictionaries = new StringBuilder();
        var parameters = new StringBuilder("\n[parameters]\n");
        everywhere.forEach((variable, value) -> {
            dictionaries.append(dictionary(variable, value));
            parameters.append(parameter(variable, variable));
        });
        var operations = new StringBuilder();
        byPath.forEach((path, value) -> {
            var name = path.replaceAll("[^a-z]+", "-").substring(1);
            dictionaries.append(dictionary(name, value));
            operations
                    .append("\n[[operations]]\ninclude-path-regex = '^")
                    .append(path.replaceAll("[{}]", "\\\\$0"))
                    .append("/\\{id\\}'\n[operations.parameters]\n")
                    .append(parameter("id", name));
        });
        return dictionaries.append(parameters).append(operations).toString();
    }

    private static String dictionary(String name, String value) {
        return "\n[dictionaries.\"" + name + "\"]\nvalues = [\"" + value + "\"]\n";
    }

    private static String parameter(String variable, String dictionary) {
        return "\"path."
                + variable
                + "\" = { dictionary = \""
                + dictionary
                + "\", probability = 0.8 }\n";
    }
}
