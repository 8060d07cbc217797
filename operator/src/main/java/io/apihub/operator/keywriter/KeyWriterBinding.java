package io.apihub.operator.keywriter;

import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;

/**
 * The RoleBinding without which the operator can't write a generated key into a namespace: it has
 * no right on Secrets elsewhere.
 */
public final class KeyWriterBinding {

    public static final String NAME = "apihub-key-writer";

    private static final String SERVICE_ACCOUNT = "apihub-operator";

    private KeyWriterBinding() {}

    /** Who lacks the right without it, in words. */
    public static String subject(String operatorNamespace) {
        return "ServiceAccount %s of namespace %s".formatted(SERVICE_ACCOUNT, operatorNamespace);
    }

    /** The binding for one namespace. */
    public static RoleBinding in(String namespace, String operatorNamespace) {
        return new RoleBindingBuilder()
                .withNewMetadata()
                .withName(NAME)
                .withNamespace(namespace)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", NAME)
                .addNewSubject("", "ServiceAccount", SERVICE_ACCOUNT, operatorNamespace)
                .build();
    }

    /** The same, to be applied by hand. */
    public static String yaml(String namespace, String operatorNamespace) {
        return Serialization.asYaml(in(namespace, operatorNamespace));
    }
}
