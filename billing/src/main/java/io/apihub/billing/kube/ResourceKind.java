package io.apihub.billing.kube;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The kinds that people reach. There is no other. */
enum ResourceKind {
    API_KEY("ApiKey", "apikeys", "key"),
    QUOTA("Quota", "quotas", "quota"),
    TENANT("Tenant", "tenants", "tenant");

    static final String API_VERSION = "apihub.io/v1alpha1";

    /** What Kubernetes takes as a name; nothing in it has a meaning in a path. */
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

    private static final int LONGEST_NAME = 253;

    private final String kind;
    private final String plural;
    private final String word;

    ResourceKind(String kind, String plural, String word) {
        this.kind = kind;
        this.plural = plural;
        this.word = word;
    }

    String kind() {
        return kind;
    }

    String plural() {
        return plural;
    }

    /** As the audit log calls it. */
    String word() {
        return word;
    }

    static boolean isName(String text) {
        return text.length() <= LONGEST_NAME && NAME.matcher(text).matches();
    }

    /** Path of the collection; namespace is null for what has none. */
    String path(@Nullable String namespace) {
        return "/apis/"
                + API_VERSION
                + (namespace == null ? "" : "/namespaces/" + namespace)
                + "/"
                + plural;
    }
}
