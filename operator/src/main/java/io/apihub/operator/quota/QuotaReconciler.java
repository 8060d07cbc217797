package io.apihub.operator.quota;

import io.apihub.crd.v1alpha1.Condition;
import io.apihub.crd.v1alpha1.Quota;
import io.apihub.crd.v1alpha1.Tenant;
import io.apihub.operator.catalogue.KeyCatalogue;
import io.apihub.operator.catalogue.TenantCatalogue;
import io.apihub.operator.limit.LimitReport;
import io.apihub.operator.limit.Writing;
import io.apihub.operator.registry.LimitState.Target;
import io.apihub.operator.registry.Outcome.Absent;
import io.apihub.operator.registry.Outcome.Accepted;
import io.apihub.operator.registry.Outcome.InForce;
import io.apihub.operator.registry.Outcome.Outdated;
import io.apihub.operator.registry.Outcome.Refused;
import io.apihub.operator.registry.Registry;
import io.apihub.operator.registry.RegistryKey;
import io.apihub.operator.registry.RegistryKind;
import io.apihub.operator.status.ConditionSet;
import io.apihub.operator.status.Observation;
import io.apihub.operator.status.Programming;
import io.apihub.operator.status.Readiness;
import io.apihub.operator.status.Statuses;
import io.apihub.operator.status.Statuses.Urgency;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Quota → row and conditions. */
@ControllerConfiguration(name = "quota", finalizerName = "apihub.io/registry")
public final class QuotaReconciler implements Reconciler<Quota>, Cleaner<Quota> {

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);

    private final Registry registry;
    private final Statuses statuses;
    private final Programming programming;
    private final LimitReport limits;
    private final TenantCatalogue tenants;
    private final KeyCatalogue keys;
    private final InstantSource clock;
    private final Map<String, Set<String>> quotasOf = new ConcurrentHashMap<>();
    private final Map<String, Target> targets = new ConcurrentHashMap<>();
    private final SimpleInboundEventSource<Quota> again = new SimpleInboundEventSource<>("again");

    public QuotaReconciler(Writing writing, TenantCatalogue tenants, KeyCatalogue keys) {
        this.registry = writing.registry();
        this.statuses = writing.statuses();
        this.programming = writing.programming();
        this.limits = writing.limits();
        this.clock = writing.clock();
        this.tenants = tenants;
        this.keys = keys;
    }

    @Override
    public List<EventSource<?, Quota>> prepareEventSources(EventSourceContext<Quota> context) {
        return List.of(again);
    }

    /** Looks at all Quotas of a namespace again: keys or their labels have changed. */
    public void keysChanged(String namespace) {
        quotasOf.getOrDefault(namespace, Set.of())
                .forEach(name -> lookAgain(new ResourceID(name, namespace)));
    }

    /** Looks at a Quota again: some of its limits are used up, or no longer. */
    public void limitsChanged(Target target) {
        if (quotasOf.getOrDefault(target.namespace(), Set.of()).contains(target.quota())) {
            lookAgain(new ResourceID(target.quota(), target.namespace()));
        }
    }

    private void lookAgain(ResourceID quota) {
        if (again.isRunning()) {
            again.propagateEvent(quota);
        }
    }

    @Override
    public UpdateControl<Quota> reconcile(Quota quota, Context<Quota> context) {
        var metadata = quota.getMetadata();
        quotasOf.computeIfAbsent(metadata.getNamespace(), n -> ConcurrentHashMap.newKeySet())
                .add(metadata.getName());
        var name = quota.getSpec().tenantRef().name();
        var tenant = tenants.find(name).orElse(null);
        if (tenant == null) {
            return refuse(
                    quota,
                    Readiness.waiting(
                            "TenantNotFound",
                            "there is no Tenant %s; nothing is limited until there is"
                                    .formatted(name)));
        }
        if (!tenant.getSpec().namespace().equals(metadata.getNamespace())) {
            return refuse(
                    quota,
                    Readiness.stalled(
                            "NamespaceMismatch",
                            "Tenant %s has namespace %s; create the Quota there"
                                    .formatted(name, tenant.getSpec().namespace())));
        }
        try {
            return put(quota, tenant);
        } catch (IllegalArgumentException e) {
            return refuse(
                    quota,
                    Readiness.stalled(
                            "InvalidSpec",
                            e.getMessage() + "; until then the last valid version stays in force"));
        }
    }

    private UpdateControl<Quota> put(Quota quota, Tenant tenant) {
        var namespace = quota.getMetadata().getNamespace();
        var selection =
                KeySelection.of(
                        quota.getSpec(), keys.keysOf(namespace, tenant.getMetadata().getName()));
        return switch (registry.put(QuotaRows.of(quota, tenant, selection))) {
            case InForce row ->
                    write(
                            quota,
                            QuotaReadiness.of(quota.getSpec(), selection),
                            observed(quota, tenant, row),
                            selection.matched());
            case Refused no ->
                    refuse(
                            quota,
                            Readiness.stalled(
                                    "Deleted",
                                    "this Quota was deleted at %s; create it anew"
                                            .formatted(no.by())));
            // A newer generation is on its way here.
            case Outdated _, Absent _, Accepted _ -> UpdateControl.noUpdate();
        };
    }

    private List<Observation> observed(Quota quota, Tenant tenant, InForce row) {
        var metadata = quota.getMetadata();
        var observed = new ArrayList<Observation>();
        observed.add(programmed(quota, row));
        var target =
                new Target(
                        UUID.fromString(tenant.getMetadata().getUid()),
                        metadata.getNamespace(),
                        metadata.getName());
        targets.put(metadata.getUid(), target);
        observed.addAll(limits.of(quota, scope(quota.getSpec(), target), conditions(quota)));
        return observed;
    }

    private static LimitReport.Scope scope(Quota.Spec spec, Target target) {
        return new LimitReport.Scope(
                target,
                spec.limits(),
                spec.per() == Quota.Per.KEY,
                spec.mode() == Quota.Mode.SHADOW);
    }

    private Observation programmed(Quota quota, InForce row) {
        var metadata = quota.getMetadata();
        return programming.of(
                metadata.getUid(),
                metadata.getGeneration(),
                conditions(quota),
                new Programming.Row(row.revision(), row.changedAt()),
                () -> lookAgain(ResourceID.fromResource(quota)));
    }

    private UpdateControl<Quota> refuse(Quota quota, Readiness why) {
        forget(quota.getMetadata().getUid());
        return write(quota, why, List.of(Programming.nothingSent()), 0);
    }

    private UpdateControl<Quota> write(
            Quota quota, Readiness readiness, List<Observation> observed, int matched) {
        long generation = quota.getMetadata().getGeneration();
        var conditions =
                new ConditionSet(generation, conditions(quota), clock.instant())
                        .ready(readiness)
                        .addAll(observed)
                        .toList();
        statuses.write(
                quota,
                new Quota.Status(generation, conditions, matched),
                Urgency.of(false, observed.getFirst()));
        return readiness.ready()
                ? UpdateControl.noUpdate()
                : UpdateControl.<Quota>noUpdate().rescheduleAfter(LOOK_AGAIN);
    }

    private List<Condition> conditions(Quota quota) {
        var status = statuses.latest(quota);
        return status == null ? List.of() : status.conditions();
    }

    @Override
    public DeleteControl cleanup(Quota quota, Context<Quota> context) {
        var metadata = quota.getMetadata();
        registry.remove(new RegistryKey(RegistryKind.QUOTA, UUID.fromString(metadata.getUid())));
        forget(metadata.getUid());
        quotasOf.getOrDefault(metadata.getNamespace(), Set.of()).remove(metadata.getName());
        return DeleteControl.defaultDelete();
    }

    private void forget(String uid) {
        programming.forget(uid);
        var target = targets.remove(uid);
        if (target != null) {
            limits.forget(target);
        }
    }
}
