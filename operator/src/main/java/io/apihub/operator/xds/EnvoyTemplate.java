package io.apihub.operator.xds;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * A piece of Envoy's configuration, written as Envoy's own YAML in a resource of this package. A
 * text that is exactly {@code ${name}} stands for a value, {@code ${file.lua}} and {@code
 * ${file.yaml}} for a resource. A value of null removes its place; a list within a list is
 * flattened.
 */
final class EnvoyTemplate {

    private static final Gson GSON =
            new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

    private final String resource;

    EnvoyTemplate(String resource) {
        this.resource = resource;
    }

    /** The template as plain maps and lists. */
    Object fill(Map<String, ? extends @Nullable Object> values) {
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(1000);
        Object tree = new Yaml(new SafeConstructor(options)).load(read(resource));
        Object filled = fill(tree, values);
        if (filled == null) {
            throw new IllegalStateException(resource + " is empty");
        }
        return filled;
    }

    /** The template as one of Envoy's messages. */
    <B extends Message.Builder> B into(B builder, Map<String, ? extends @Nullable Object> values) {
        try {
            JsonFormat.parser()
                    .usingTypeRegistry(EnvoyTypes.REGISTRY)
                    .merge(GSON.toJson(fill(values)), builder);
            return builder;
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(resource + " is no " + builder.getClass(), e);
        }
    }

    private @Nullable Object fill(
            @Nullable Object node, Map<String, ? extends @Nullable Object> values) {
        return switch (node) {
            case Map<?, ?> map -> fillMap(map, values);
            case List<?> list -> fillList(list, values);
            case String text when text.startsWith("${") && text.endsWith("}") ->
                    value(text.substring(2, text.length() - 1), values);
            case null, default -> node;
        };
    }

    private Map<String, Object> fillMap(
            Map<?, ?> map, Map<String, ? extends @Nullable Object> values) {
        Map<String, Object> filled = new LinkedHashMap<>();
        map.forEach((key, node) -> {
            // A null that the template itself says stays: JSON bodies have them.
            Object value = fill(node, values);
            if (value != null || node == null) {
                filled.put(String.valueOf(key), value);
            }
        });
        return filled;
    }

    private List<Object> fillList(List<?> list, Map<String, ? extends @Nullable Object> values) {
        List<Object> filled = new ArrayList<>();
        for (Object node : list) {
            Object value = fill(node, values);
            if (value instanceof List<?> several) {
                filled.addAll(several);
            } else if (value != null) {
                filled.add(value);
            }
        }
        return filled;
    }

    private @Nullable Object value(String name, Map<String, ? extends @Nullable Object> values) {
        if (name.endsWith(".lua")) {
            return read(name);
        }
        if (name.endsWith(".yaml")) {
            return new EnvoyTemplate(name).fill(values);
        }
        if (!values.containsKey(name)) {
            throw new IllegalStateException(resource + " asks for " + name);
        }
        return values.get(name);
    }

    private static String read(String name) {
        try (InputStream in = EnvoyTemplate.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
