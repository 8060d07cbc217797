package io.apihub.operator.upstream;

import io.apihub.crd.v1alpha1.Upstream;
import io.apihub.operator.status.Statuses;
import io.apihub.operator.status.Statuses.Urgency;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Writes the status of Upstreams. It decides nothing: {@link XdsTopology} does, on every replica,
 * and says which Upstreams it sees differently.
 */
@ControllerConfiguration(name = "upstream", informer = @Informer)
final class UpstreamReconciler implements Reconciler<Upstream> {

    private final Function<String, Optional<UpstreamView>> views;
    private final Statuses statuses;
    private final InstantSource clock;
    private final SimpleInboundEventSource<Upstream> changed =
            new SimpleInboundEventSource<>("topology");

    UpstreamReconciler(
            Function<String, Optional<UpstreamView>> views,
            Statuses statuses,
            InstantSource clock) {
        this.views = views;
        this.statuses = statuses;
        this.clock = clock;
    }

    /** These are seen differently now. */
    void changed(Set<String> upstreams) {
        if (changed.isRunning()) {
            upstreams.forEach(name -> changed.propagateEvent(new ResourceID(name)));
        }
    }

    @Override
    public List<EventSource<?, Upstream>> prepareEventSources(
            EventSourceContext<Upstream> context) {
        return List.of(changed);
    }

    @Override
    public UpdateControl<Upstream> reconcile(Upstream upstream, Context<Upstream> context) {
        var meta = upstream.getMetadata();
        long generation = meta.getGeneration();
        views.apply(meta.getName())
                // An older view is of a plan that did not know this generation; the next will.
                .filter(view -> view.generation() >= generation)
                .ifPresent(view -> write(upstream, view));
        return UpdateControl.noUpdate();
    }

    private void write(Upstream upstream, UpstreamView view) {
        var status =
                new UpstreamConditions(
                                statuses.latest(upstream),
                                upstream.getMetadata().getGeneration(),
                                clock.instant())
                        .of(view);
        boolean pending =
                view instanceof UpstreamView.Planned(long _, Programming.Pending _, Pricing _);
        statuses.write(upstream, status, pending ? Urgency.UNSETTLED : Urgency.NORMAL);
    }
}
