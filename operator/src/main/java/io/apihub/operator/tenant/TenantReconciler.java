package io.apihub.operator.tenant;

import io.apihub.crd.v1alpha1.ApiKey;
import io.apihub.crd.v1alpha1.Condition;
import io.apihub.crd.v1alpha1.Tenant;
import io.apihub.operator.catalogue.KeyCatalogue;
import io.apihub.operator.catalogue.ModelCatalogue;
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
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Tenant → row, namespace, conditions. The row comes first: it is what stops a key. */
@ControllerConfiguration(name = "tenant", finalizerName = "apihub.io/registry")
public final class TenantReconciler implements Reconciler<Tenant>, Cleaner<Tenant> {

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);
    private static final Observation NOT_IN_FORCE =
            Observation.no("Active", "NotInForce", "see Ready");

    private final Registry registry;
    private final Statuses statuses;
    private final Programming programming;
    private final LimitReport limits;
    private final TenantNamespaces namespaces;
    private final KeyCatalogue keys;
    private final ModelCatalogue models;
    private final InstantSource clock;
    private final Map<Target, String> tenantOf = new ConcurrentHashMap<>();
    private final SimpleInboundEventSource<Tenant> again = new SimpleInboundEventSource<>("again");

    public TenantReconciler(
            Writing writing,
            TenantNamespaces namespaces,
            KeyCatalogue keys,
            ModelCatalogue models) {
        this.registry = writing.registry();
        this.statuses = writing.statuses();
        this.programming = writing.programming();
        this.limits = writing.limits();
        this.clock = writing.clock();
        this.namespaces = namespaces;
        this.keys = keys;
        this.models = models;
    }

    @Override
    public List<EventSource<?, Tenant>> prepareEventSources(EventSourceContext<Tenant> context) {
        return List.of(again);
    }

    /** Looks at those tenants again whose models came or went. */
    public void modelsChanged(Predicate<List<String>> differs, List<Tenant> all) {
        all.stream()
                .filter(tenant -> differs.test(tenant.getSpec().allowedModels()))
                .forEach(tenant -> keysChanged(tenant.getMetadata().getName()));
    }

    /** Looks at a tenant again, because the number of its keys may have changed. */
    public void keysChanged(String tenant) {
        if (again.isRunning()) {
            again.propagateEvent(new ResourceID(tenant));
        }
    }

    /** Looks at a tenant again: some of its own limits are used up, or no longer. */
    public void limitsChanged(Target target) {
        var tenant = target.quota().isEmpty() ? tenantOf.get(target) : null;
        if (tenant != null) {
            keysChanged(tenant);
        }
    }

    @Override
    public UpdateControl<Tenant> reconcile(Tenant tenant, Context<Tenant> context) {
        if (namespaces.isReserved(tenant.getSpec().namespace())) {
            return write(tenant, reserved(tenant), NOT_IN_FORCE, nothingSent(tenant));
        }
        try {
            return switch (registry.put(TenantRows.of(tenant))) {
                case InForce row ->
                        write(tenant, inForce(tenant), active(tenant), observed(tenant, row));
                case Refused no ->
                        write(tenant, refused(tenant, no), NOT_IN_FORCE, nothingSent(tenant));
                // A newer generation is on its way here.
                case Outdated _, Absent _, Accepted _ -> UpdateControl.noUpdate();
            };
        } catch (IllegalArgumentException e) {
            var invalid =
                    Readiness.stalled(
                            "InvalidSpec",
                            e.getMessage() + "; until then the last valid version stays in force");
            return write(tenant, invalid, active(tenant), nothingSent(tenant));
        }
    }

    private Readiness inForce(Tenant tenant) {
        var namespace = tenant.getSpec().namespace();
        var obstacle = namespaces.ensure(namespace, tenant.getMetadata().getName());
        if (obstacle.isPresent()) {
            return obstacle.get();
        }
        return models.readiness(
                Readiness.ready("keys and quotas of namespace " + namespace + " are in force"),
                tenant.getSpec().allowedModels(),
                conditions(tenant));
    }

    private static Observation active(Tenant tenant) {
        return tenant.getSpec().suspended()
                ? Observation.no("Active", "Suspended", "every key is refused")
                : Observation.yes("Active", "Active", "");
    }

    private static Readiness reserved(Tenant tenant) {
        return Readiness.stalled(
                "NamespaceReserved",
                "namespace %s belongs to the platform; create the Tenant anew with another one"
                        .formatted(tenant.getSpec().namespace()));
    }

    private static Readiness refused(Tenant tenant, Refused no) {
        return switch (no.refusal()) {
            case NAMESPACE_TAKEN ->
                    Readiness.stalled(
                            "NamespaceTaken",
                            "namespace %s belongs to Tenant %s; create this Tenant anew with another one"
                                    .formatted(tenant.getSpec().namespace(), no.by()));
            case DELETED ->
                    Readiness.stalled(
                            "Deleted",
                            "this Tenant was deleted at %s and does not come back; create it anew"
                                    .formatted(no.by()));
            case KEY_ID_CONFLICT, KEY_ID_EXHAUSTED, DIGEST_RETIRED, TOO_MANY_KEYS, SAME_INSTANT ->
                    throw new IllegalStateException("a Tenant can't be refused so: " + no);
        };
    }

    private List<Observation> observed(Tenant tenant, InForce row) {
        var observed = new ArrayList<Observation>();
        observed.add(programmed(tenant, row));
        if (!tenant.getSpec().limits().isEmpty()) {
            var target = target(tenant);
            tenantOf.put(target, tenant.getMetadata().getName());
            var scope = new LimitReport.Scope(target, tenant.getSpec().limits(), false, false);
            observed.addAll(limits.of(tenant, scope, conditions(tenant)));
        } else {
            limits.forget(target(tenant));
        }
        return observed;
    }

    private static Target target(Tenant tenant) {
        return new Target(
                UUID.fromString(tenant.getMetadata().getUid()), tenant.getSpec().namespace(), "");
    }

    private Observation programmed(Tenant tenant, InForce row) {
        var metadata = tenant.getMetadata();
        return programming.of(
                metadata.getUid(),
                metadata.getGeneration(),
                conditions(tenant),
                new Programming.Row(row.revision(), row.changedAt()),
                () -> keysChanged(metadata.getName()));
    }

    private List<Observation> nothingSent(Tenant tenant) {
        forget(tenant);
        return List.of(Programming.nothingSent());
    }

    private List<Condition> conditions(Tenant tenant) {
        var status = statuses.latest(tenant);
        return status == null ? List.of() : status.conditions();
    }

    private UpdateControl<Tenant> write(
            Tenant tenant, Readiness readiness, Observation active, List<Observation> observed) {
        var metadata = tenant.getMetadata();
        var conditions =
                new ConditionSet(metadata.getGeneration(), conditions(tenant), clock.instant())
                        .ready(readiness)
                        .add(active)
                        .addAll(observed)
                        .toList();
        int count = keys.keysOf(tenant.getSpec().namespace(), metadata.getName()).size();
        var status =
                new Tenant.Status(metadata.getGeneration(), conditions, metadata.getUid(), count);
        boolean refused = active.status().equals(Condition.FALSE);
        statuses.write(tenant, status, Urgency.of(refused, observed.getFirst()));
        return readiness.ready()
                ? UpdateControl.noUpdate()
                : UpdateControl.<Tenant>noUpdate().rescheduleAfter(LOOK_AGAIN);
    }

    /** Revokes, then deletes the keys; waits for neither, the row is what stops them. */
    @Override
    public DeleteControl cleanup(Tenant tenant, Context<Tenant> context) {
        var metadata = tenant.getMetadata();
        registry.remove(new RegistryKey(RegistryKind.TENANT, UUID.fromString(metadata.getUid())));
        forget(tenant);
        for (var key : keys.keysOf(tenant.getSpec().namespace(), metadata.getName())) {
            context.getClient()
                    .resources(ApiKey.class)
                    .inNamespace(key.namespace())
                    .withName(key.name())
                    .delete();
        }
        return DeleteControl.defaultDelete();
    }

    private void forget(Tenant tenant) {
        programming.forget(tenant.getMetadata().getUid());
        tenantOf.remove(target(tenant));
        limits.forget(target(tenant));
    }
}
