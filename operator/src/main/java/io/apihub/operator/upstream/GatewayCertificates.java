package io.apihub.operator.upstream;

import io.apihub.operator.xds.GatewayCertificate;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** The Secrets that Envoy may show to clients: labelled ones of the operator's own namespace. */
final class GatewayCertificates {

    private static final String LABEL = "apihub.io/gateway-certificate";

    private final String namespace;
    private final SharedIndexInformer<Secret> informer;

    /** Reading one makes a signature, and it is asked for twice a second. */
    private final AtomicReference<Optional<GatewayCertificate>> last =
            new AtomicReference<>(Optional.empty());

    /** Not started. */
    GatewayCertificates(KubernetesClient client, String namespace) {
        this.namespace = namespace;
        this.informer =
                client.secrets()
                        .inNamespace(namespace)
                        .withLabel(LABEL, "true")
                        .runnableInformer(0);
    }

    SharedIndexInformer<Secret> informer() {
        return informer;
    }

    /**
     * The certificate in that Secret.
     *
     * @throws IllegalArgumentException that names the Secret and what is wrong with it
     */
    GatewayCertificate of(String secret) {
        String chain = entry(secret, "tls.crt");
        String key = entry(secret, "tls.key");
        return last.updateAndGet(before ->
                        before.filter(read -> read.isOf(chain, key))
                                .or(() -> Optional.of(read(secret, chain, key))))
                .orElseThrow();
    }

    private static GatewayCertificate read(String secret, String chain, String key) {
        try {
            return new GatewayCertificate(chain, key);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "tlsSecret: Secret %s: %s".formatted(secret, e.getMessage()), e);
        }
    }

    private String entry(String secret, String key) {
        return SecretEntries.of(informer.getStore().getByKey(namespace + "/" + secret), key)
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "tlsSecret: there is no Secret %s with the label %s: \"true\" and an entry %s"
                                        .formatted(secret, LABEL, key)));
    }
}
