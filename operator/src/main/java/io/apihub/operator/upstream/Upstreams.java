package io.apihub.operator.upstream;

import io.apihub.crd.v1alpha1.Upstream;
import io.apihub.operator.registry.BookInForce;
import io.apihub.operator.registry.GatewaySessions;
import io.apihub.operator.registry.Registry;
import io.apihub.operator.status.Statuses;
import io.apihub.operator.xds.AdsServer;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.grpc.BindableService;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All that has to do with Upstreams, for the operator's main class: it adds {@link #ads} to its
 * gRPC server, registers {@link #reconciler}, calls {@link #sessionsChanged} when told of a
 * gateway's session, and starts and closes this.
 */
public final class Upstreams implements AutoCloseable {

    private final KubernetesTopology declared;
    private final XdsRecorder recorder;
    private final AdsServer ads;
    private final XdsTopology topology;
    private final InstantSource clock;
    private volatile @Nullable UpstreamReconciler reconciler;
    private volatile Consumer<Set<String>> models = names -> {};

    /**
     * The installation.
     *
     * @param namespace the operator's own
     * @param allowLoopback whether Upstreams may be on this machine
     * @param maxStale for how long a gateway that is not heard of counts
     */
    public record Installation(
            KubernetesClient client,
            String namespace,
            boolean allowLoopback,
            Duration maxStale,
            InstantSource clock) {}

    /**
     * Where models go.
     *
     * @param stored the names of the models in force in the registry
     * @param leading whether this replica may write
     * @param epoch the registry's
     * @param book the price book in force; empty if there is none
     */
    public record Models(
            Registry registry,
            Supplier<Set<String>> stored,
            BooleanSupplier leading,
            Supplier<String> epoch,
            Supplier<Optional<BookInForce>> book) {}

    public Upstreams(Installation installation, GatewaySessions sessions, Models models) {
        this.clock = installation.clock();
        this.declared = new KubernetesTopology(installation.client(), installation.namespace());
        this.recorder = new XdsRecorder(sessions, installation.maxStale(), models.epoch(), clock);
        this.ads = new AdsServer(recorder);
        this.topology =
                new XdsTopology(
                        new XdsTopology.Ports(
                                declared,
                                ads,
                                recorder,
                                new ModelRows(models.registry(), models.stored(), models.leading()),
                                models.book(),
                                new XdsTopology.Audience(
                                        this::changed, names -> this.models.accept(names))),
                        installation.allowLoopback(),
                        clock);
    }

    private void changed(Set<String> upstreams) {
        var current = reconciler;
        if (current != null) {
            current.changed(upstreams);
        }
    }

    private Optional<UpstreamView> view(String upstream) {
        return topology.view(upstream);
    }

    /** Envoy's configuration. */
    public BindableService ads() {
        return ads.service();
    }

    /** Writes status, while this replica leads; a new one for each term. */
    public Reconciler<Upstream> reconciler(Statuses statuses) {
        var next = new UpstreamReconciler(this::view, statuses, clock);
        reconciler = next;
        return next;
    }

    /**
     * Calls {@code listener} with the names of the models that Upstreams serve: now, if they are
     * known, and when they change. It replaces an earlier one and must not block.
     */
    public void onModels(Consumer<Set<String>> listener) {
        models = listener;
        topology.models().ifPresent(listener);
    }

    /** A gateway's session has changed; never blocks. */
    public void sessionsChanged() {
        topology.changed();
    }

    /** Begins to watch and to serve. */
    public void start() {
        declared.start(topology::changed);
        topology.start();
    }

    /** Why a gateway that connects now would get no configuration; empty if it would. */
    public Optional<String> notReady() {
        return topology.isPublished()
                ? Optional.empty()
                : declared.problem()
                        .or(() ->
                                Optional.of(
                                        "Upstreams and gateway settings have not been read yet"));
    }

    /** Why gateways have other settings than the ConfigMap says; empty if they have these. */
    public Optional<String> refusedSettings() {
        return declared.problem();
    }

    @Override
    public void close() {
        topology.close();
        declared.close();
        recorder.close();
    }
}
