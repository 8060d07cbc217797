package io.apihub.crd.v1alpha1;

import io.apihub.dev.kubernetes.LocalKubernetes;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests a real API server with our definitions and the namespace acme, one for all. */
final class ApiServer implements ParameterResolver {

    /** What the tests get. */
    record Running(LocalKubernetes kubernetes, KubernetesClient client) implements AutoCloseable {

        static Running start() {
            try {
                var kubernetes = LocalKubernetes.temporary();
                kubernetes.installCrds(Yaml.MANIFESTS);
                var client = kubernetes.client();
                client.resource(
                                new NamespaceBuilder()
                                        .withNewMetadata()
                                        .withName("acme")
                                        .endMetadata()
                                        .build())
                        .create();
                return new Running(kubernetes, client);
            } catch (Exception e) {
                throw new IllegalStateException("the API server did not start", e);
            }
        }

        @Override
        public void close() throws IOException {
            client.close();
            kubernetes.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Running.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .computeIfAbsent(Running.class, key -> Running.start());
    }
}
