package io.apihub.billing.kube;

import io.apihub.crd.v1alpha1.Tenant;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The templates that the platform configured, as ConfigMap {@code tenant-templates} has them. An
 * admission policy reads the same text, so it is made of lines that can be compared.
 */
final class TenantTemplates {

    static final String CONFIG_MAP = "tenant-templates";

    /** Every template has it. */
    private static final String PRICE_FACTOR = ".priceFactor";

    private final Map<String, String> data;

    private TenantTemplates(Map<String, String> data) {
        this.data = Map.copyOf(data);
    }

    /** Reads them as they are now. */
    static TenantTemplates read(KubernetesClient client, String namespace) {
        var found = client.configMaps().inNamespace(namespace).withName(CONFIG_MAP).get();
        return new TenantTemplates(
                found == null || found.getData() == null ? Map.of() : found.getData());
    }

    boolean has(String template) {
        return data.containsKey(template + PRICE_FACTOR);
    }

    /** Their names. */
    SortedSet<String> names() {
        var names = new TreeSet<String>();
        for (var key : data.keySet()) {
            if (key.endsWith(PRICE_FACTOR)) {
                names.add(key.substring(0, key.length() - PRICE_FACTOR.length()));
            }
        }
        return names;
    }

    /**
     * What an existing Tenant may be given of a template, as its spec has it.
     *
     * @throws IllegalArgumentException if a limit can't be read
     */
    Map<String, Object> terms(String template) {
        var terms = new HashMap<String, Object>();
        text(template, "priceFactor")
                .ifPresent(value -> terms.put("billing", Map.of("priceFactor", value)));
        terms.putAll(modelsAndLimits(template));
        return terms;
    }

    private Map<String, Object> modelsAndLimits(String template) {
        var spec = new HashMap<String, Object>();
        text(template, "allowedModels")
                .ifPresent(value -> spec.put("allowedModels", List.of(value.split(" ", -1))));
        spec.put(
                "limits",
                text(template, "limits").orElse("").lines().map(TenantTemplates::limit).toList());
        return spec;
    }

    /**
     * What a Tenant of a template declares.
     *
     * @throws IllegalArgumentException if a limit can't be read
     */
    Tenant.Spec spec(
            String template, String name, String displayName, KubernetesSerialization json) {
        var spec = new HashMap<String, Object>();
        spec.put("displayName", displayName);
        spec.put("namespace", text(template, "namespacePrefix").orElse("") + name);
        var billing = new HashMap<String, Object>();
        for (var field : List.of("priceFactor", "mode", "creditLimit")) {
            text(template, field).ifPresent(value -> billing.put(field, value));
        }
        spec.put("billing", billing);
        var keys = new HashMap<String, Object>();
        text(template, "maxKeys").ifPresent(value -> keys.put("max", Integer.valueOf(value)));
        text(template, "maxKeyTtl").ifPresent(value -> keys.put("maxTtl", value));
        spec.put("keys", keys);
        spec.putAll(modelsAndLimits(template));
        return json.convertValue(spec, Tenant.Spec.class);
    }

    private Optional<String> text(String template, String field) {
        return Optional.ofNullable(data.get(template + "." + field))
                .map(String::strip)
                .filter(value -> !value.isEmpty());
    }

    /** {@code <name> <metric> <window or -> <amount> [alert=<percent>]... [model=<pattern>]...} */
    private static Map<String, Object> limit(String line) {
        var words = line.split(" ", -1);
        if (words.length < 4) {
            throw new IllegalArgumentException("no limit: '" + line + "'");
        }
        var limit = new HashMap<String, Object>();
        limit.put("name", words[0]);
        limit.put("metric", words[1]);
        if (!words[2].equals("-")) {
            limit.put("window", words[2]);
        }
        limit.put("amount", words[1].equals("Cost") ? words[3] : (Object) Long.valueOf(words[3]));
        var alerts = new ArrayList<Integer>();
        var models = new ArrayList<String>();
        for (var word : List.of(words).subList(4, words.length)) {
            if (word.startsWith("alert=")) {
                alerts.add(Integer.valueOf(word.substring("alert=".length())));
            } else if (word.startsWith("model=")) {
                models.add(word.substring("model=".length()));
            } else {
                throw new IllegalArgumentException("neither alert= nor model=: '" + word + "'");
            }
        }
        if (!alerts.isEmpty()) {
            limit.put("alertPercent", alerts);
        }
        if (!models.isEmpty()) {
            limit.put("models", models);
        }
        return limit;
    }
}
