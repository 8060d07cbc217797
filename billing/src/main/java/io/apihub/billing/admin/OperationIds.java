package io.apihub.billing.admin;

import io.swagger.v3.oas.models.PathItem;
import java.util.Locale;

/**
 * Names of operations for those who generate clients. They follow from method and path alone, so
 * that a new endpoint changes no other one's name: {@code GET /api/v1/tenants/{tenant}/orders} is
 * {@code getTenantOrders}, and one of them is {@code getTenantOrder}.
 */
final class OperationIds {

    private OperationIds() {}

    static String of(PathItem.HttpMethod method, String path) {
        var id = new StringBuilder(method.name().toLowerCase(Locale.ROOT));
        var words =
                path.replaceFirst("^/api/v1/", "")
                        .replaceFirst("^/k8s/apis/apihub\\.io/v1alpha1/", "kubernetes-")
                        .split("/", -1);
        for (int i = 0; i < words.length; i++) {
            if (words[i].startsWith("{")) {
                continue;
            }
            boolean one = i + 1 < words.length && words[i + 1].startsWith("{");
            id.append(camelCase(one ? oneOf(words[i], words[i + 1]) : words[i]));
        }
        return id.toString();
    }

    /** One thing of a list that the path names by its plural. */
    private static String oneOf(String list, String variable) {
        if (list.endsWith("ies")) {
            return list.substring(0, list.length() - 3) + "y";
        }
        if (list.endsWith("ches") || list.endsWith("sses")) {
            return list.substring(0, list.length() - 2);
        }
        return list.endsWith("s")
                ? list.substring(0, list.length() - 1)
                : list + "-by-" + variable.substring(1, variable.length() - 1);
    }

    private static String camelCase(String words) {
        var text = new StringBuilder();
        for (var word : words.split("[^A-Za-z0-9]+", -1)) {
            if (!word.isEmpty()) {
                text.append(word.substring(0, 1).toUpperCase(Locale.ROOT))
                        .append(word, 1, word.length());
            }
        }
        return text.toString();
    }
}
