package io.apihub.operator.apikey;

import io.apihub.crd.v1alpha1.ApiKey;
import io.apihub.crd.v1alpha1.Condition;
import io.apihub.crd.v1alpha1.Tenant;
import io.apihub.model.key.ApiKeySecret;
import io.apihub.operator.apikey.KeyMaterial.Known;
import io.apihub.operator.apikey.KeyMaterial.Missing;
import io.apihub.operator.catalogue.KeyCatalogue;
import io.apihub.operator.catalogue.ModelCatalogue;
import io.apihub.operator.catalogue.Neighbours;
import io.apihub.operator.catalogue.TenantCatalogue;
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
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** ApiKey → row and conditions. A key that the clock changes is looked at when its time comes. */
@ControllerConfiguration(name = "apikey", finalizerName = "apihub.io/registry")
public final class ApiKeyReconciler implements Reconciler<ApiKey>, Cleaner<ApiKey> {

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);

    private final Registry registry;
    private final KeyMinter minter;
    private final Statuses statuses;
    private final Programming programming;
    private final TenantCatalogue tenants;
    private final ModelCatalogue models;
    private final InstantSource clock;
    private final SimpleInboundEventSource<ApiKey> again = new SimpleInboundEventSource<>("again");

    public ApiKeyReconciler(
            Registry registry,
            KeyMinter minter,
            Statuses statuses,
            Programming programming,
            Neighbours neighbours,
            InstantSource clock) {
        this.registry = registry;
        this.minter = minter;
        this.statuses = statuses;
        this.programming = programming;
        this.tenants = neighbours.tenants();
        this.models = neighbours.models();
        this.clock = clock;
    }

    @Override
    public List<EventSource<?, ApiKey>> prepareEventSources(EventSourceContext<ApiKey> context) {
        return List.of(again);
    }

    /** Looks at all keys of a tenant again. */
    public void tenantChanged(Tenant tenant, KeyCatalogue keys) {
        keys.keysOf(tenant.getSpec().namespace(), tenant.getMetadata().getName())
                .forEach(key -> lookAgain(key.namespace(), key.name()));
    }

    /** Looks at those keys again whose models came or went. */
    public void modelsChanged(Predicate<List<String>> differs, KeyCatalogue keys) {
        keys.withAllowedModels().stream()
                .filter(key -> differs.test(key.allowedModels()))
                .forEach(key -> lookAgain(key.namespace(), key.name()));
    }

    private void lookAgain(String namespace, String name) {
        if (again.isRunning()) {
            again.propagateEvent(new ResourceID(name, namespace));
        }
    }

    @Override
    public UpdateControl<ApiKey> reconcile(ApiKey key, Context<ApiKey> context) {
        var tenant = tenants.find(key.getSpec().tenantRef().name()).orElse(null);
        if (tenant == null) {
            return write(key, Verdict.no(Verdicts.tenantNotFound(key)), null);
        }
        if (!tenant.getSpec().namespace().equals(key.getMetadata().getNamespace())) {
            return write(key, Verdict.no(Verdicts.otherNamespace(key, tenant)), null);
        }
        try {
            return switch (minter.materialOf(key)) {
                case Known material -> put(key, tenant, material);
                case Missing(Readiness why, Optional<Observation> secret) ->
                        write(key, new Verdict(why, secret, Optional.empty(), null), tenant);
            };
        } catch (IllegalArgumentException e) {
            var invalid = Readiness.stalled("InvalidSpec", String.valueOf(e.getMessage()));
            return write(key, Verdict.no(invalid), tenant);
        }
    }

    private UpdateControl<ApiKey> put(ApiKey key, Tenant tenant, Known material) {
        return switch (registry.put(ApiKeyRows.of(key, tenant, material))) {
            case InForce row ->
                    write(
                            key,
                            new Verdict(
                                    models.readiness(
                                            Verdicts.inForce(key),
                                            key.getSpec().allowedModels(),
                                            conditions(key)),
                                    material.secretReady(),
                                    Optional.of(row),
                                    material),
                            tenant);
            case Refused no ->
                    write(
                            key,
                            new Verdict(
                                    Verdicts.refused(no),
                                    material.secretReady(),
                                    Optional.empty(),
                                    material),
                            tenant);
            // A newer generation is on its way here.
            case Outdated _, Absent _, Accepted _ -> UpdateControl.noUpdate();
        };
    }

    private UpdateControl<ApiKey> write(ApiKey key, Verdict verdict, @Nullable Tenant tenant) {
        var now = clock.instant();
        var activity =
                tenant == null || verdict.row.isEmpty()
                        ? new Activity(
                                Observation.no("Active", "NotInForce", "see Ready"),
                                null,
                                Optional.empty())
                        : Activity.of(key, tenant, now);
        var programmed = programmed(key, verdict);
        var conditions =
                new ConditionSet(key.getMetadata().getGeneration(), conditions(key), now)
                        .ready(verdict.readiness)
                        .add(activity.active())
                        .add(programmed);
        verdict.secretReady.ifPresent(conditions::add);
        statuses.write(
                key,
                status(key, verdict, activity, conditions.toList()),
                Urgency.of(activity.active().status().equals(Condition.FALSE), programmed));
        if (!verdict.readiness.ready()) {
            return UpdateControl.<ApiKey>noUpdate().rescheduleAfter(LOOK_AGAIN);
        }
        return activity.holdsFor(now)
                .map(time -> UpdateControl.<ApiKey>noUpdate().rescheduleAfter(time))
                .orElseGet(UpdateControl::noUpdate);
    }

    private static ApiKey.Status status(
            ApiKey key, Verdict verdict, Activity activity, List<Condition> conditions) {
        var id = verdict.material == null ? null : verdict.material.id().toString();
        return new ApiKey.Status(
                key.getMetadata().getGeneration(),
                conditions,
                id,
                id == null ? null : ApiKeySecret.PREFIX + id + "…",
                activity.expiresAt());
    }

    private Observation programmed(ApiKey key, Verdict verdict) {
        var metadata = key.getMetadata();
        if (verdict.row.isEmpty()) {
            programming.forget(metadata.getUid());
            return Programming.nothingSent();
        }
        var row = verdict.row.get();
        return programming.of(
                metadata.getUid(),
                metadata.getGeneration(),
                conditions(key),
                new Programming.Row(row.revision(), row.changedAt()),
                () -> lookAgain(metadata.getNamespace(), metadata.getName()));
    }

    private List<Condition> conditions(ApiKey key) {
        var status = statuses.latest(key);
        return status == null ? List.of() : status.conditions();
    }

    @Override
    public DeleteControl cleanup(ApiKey key, Context<ApiKey> context) {
        var uid = key.getMetadata().getUid();
        registry.remove(new RegistryKey(RegistryKind.API_KEY, UUID.fromString(uid)));
        programming.forget(uid);
        return DeleteControl.defaultDelete();
    }

    /** What a pass has found out. */
    private record Verdict(
            Readiness readiness,
            Optional<Observation> secretReady,
            Optional<InForce> row,
            @Nullable Known material) {

        static Verdict no(Readiness readiness) {
            return new Verdict(readiness, Optional.empty(), Optional.empty(), null);
        }
    }
}
