package io.apihub.operator.upstream;

import io.apihub.crd.v1alpha1.Upstream;
import io.apihub.operator.xds.GatewaySettings;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches Upstreams, the Secrets that they may use and the ConfigMap {@code gateway}, on every
 * replica, leader or not. An API server that is away is waited for.
 */
final class KubernetesTopology implements DeclaredTopology, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KubernetesTopology.class);
    private static final String SETTINGS = "gateway";

    private final SharedIndexInformer<Upstream> upstreams;
    private final SharedIndexInformer<Secret> secrets;
    private final SharedIndexInformer<ConfigMap> settings;
    private final String namespace;
    private final GatewayCertificates certificates;
    private final AtomicReference<Optional<GatewayFront>> lastSettings =
            new AtomicReference<>(Optional.empty());

    private volatile Optional<String> problem = Optional.empty();

    KubernetesTopology(KubernetesClient client, String namespace) {
        this.namespace = namespace;
        this.upstreams = client.resources(Upstream.class).runnableInformer(0);
        this.secrets =
                client.secrets()
                        .inNamespace(namespace)
                        .withLabel(UpstreamSecrets.LABEL, "true")
                        .runnableInformer(0);
        this.certificates = new GatewayCertificates(client, namespace);
        this.settings =
                client.configMaps().inNamespace(namespace).withName(SETTINGS).runnableInformer(0);
    }

    /** Starts to watch; {@code changed} is called from the watch's threads and must not block. */
    void start(Runnable changed) {
        for (SharedIndexInformer<?> informer :
                List.of(upstreams, secrets, certificates.informer(), settings)) {
            start(informer, changed);
        }
    }

    private static <T> void start(SharedIndexInformer<T> informer, Runnable changed) {
        informer.addEventHandler(new Notify<>(changed));
        informer.exceptionHandler((started, error) -> {
            LOG.warn("watching {}: {}", informer.getApiTypeClass(), error.getMessage());
            return true;
        });
        informer.start().thenRun(changed);
    }

    @Override
    public Optional<Declaration> read() {
        if (!upstreams.hasSynced()
                || !secrets.hasSynced()
                || !certificates.informer().hasSynced()
                || !settings.hasSynced()) {
            return Optional.empty();
        }
        return settings()
                .map(now ->
                        new Declaration(
                                upstreams.getStore().list().stream()
                                        .filter(u -> !u.isMarkedForDeletion())
                                        .map(DeclaredUpstream::of)
                                        .toList(),
                                this::entry,
                                now));
    }

    /** The last ones that could be read; none before the first. */
    private Optional<GatewayFront> settings() {
        Map<String, String> entries =
                settings.getStore().list().stream()
                        .findFirst()
                        .map(ConfigMap::getData)
                        .orElse(Map.of());
        try {
            lastSettings.set(Optional.of(front(GatewaySettings.of(entries))));
            problem = Optional.empty();
        } catch (IllegalArgumentException e) {
            var now =
                    Optional.of(
                            "the ConfigMap %s/%s is not used: %s"
                                    .formatted(namespace, SETTINGS, e.getMessage()));
            if (!now.equals(problem)) {
                LOG.error(now.get());
            }
            problem = now;
        }
        return lastSettings.get();
    }

    /** Never without TLS where it was asked for: then the last settings stay. */
    private GatewayFront front(GatewaySettings now) {
        return new GatewayFront(now, now.front().tlsSecret().map(certificates::of));
    }

    /** Why the settings that were read last are not used; empty if they are. */
    Optional<String> problem() {
        return problem;
    }

    private Optional<String> entry(String secret, String key) {
        return SecretEntries.of(secrets.getStore().getByKey(namespace + "/" + secret), key);
    }

    @Override
    public void close() {
        upstreams.stop();
        secrets.stop();
        certificates.informer().stop();
        settings.stop();
    }

    private record Notify<T>(Runnable changed) implements ResourceEventHandler<T> {
        @Override
        public void onAdd(T added) {
            changed.run();
        }

        @Override
        public void onUpdate(T before, T after) {
            changed.run();
        }

        @Override
        public void onDelete(T deleted, boolean stateUnknown) {
            changed.run();
        }
    }
}
