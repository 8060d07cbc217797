package io.apihub.operator;

import io.apihub.crd.v1alpha1.ApiKey;
import io.apihub.crd.v1alpha1.Tenant;
import io.apihub.operator.apikey.ApiKeyReconciler;
import io.apihub.operator.apikey.KeyMinter;
import io.apihub.operator.apikey.KubernetesKeySecrets;
import io.apihub.operator.catalogue.KeyCatalogue;
import io.apihub.operator.catalogue.ModelCatalogue;
import io.apihub.operator.catalogue.Neighbours;
import io.apihub.operator.catalogue.TenantCatalogue;
import io.apihub.operator.config.OperatorSettings;
import io.apihub.operator.limit.LimitMetrics;
import io.apihub.operator.limit.LimitReport;
import io.apihub.operator.limit.LimitStates;
import io.apihub.operator.limit.Writing;
import io.apihub.operator.pricebook.PriceBookReconciler;
import io.apihub.operator.quota.QuotaReconciler;
import io.apihub.operator.registry.LimitStateTable;
import io.apihub.operator.registry.PostgresRegistry;
import io.apihub.operator.status.KubernetesEvents;
import io.apihub.operator.status.Programming;
import io.apihub.operator.status.StatusOnly;
import io.apihub.operator.status.StatusWriter;
import io.apihub.operator.tenant.TenantNamespaces;
import io.apihub.operator.tenant.TenantReconciler;
import io.apihub.operator.upstream.Upstreams;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** All reconcilers of one term: made when this replica begins to lead, closed when it stops. */
final class Reconcilers implements AutoCloseable {

    private static final int THREADS = 200;
    private static final Duration FIRST_RETRY = Duration.ofMillis(200);
    // A revocation that waits out an outage must not wait much longer than the outage.
    private static final Duration LAST_RETRY = Duration.ofSeconds(5);
    private static final Duration SYNC_LIMIT = Duration.ofMinutes(2);

    private final StatusWriter statuses;
    private final KubernetesEvents events;
    private final LimitStates limitStates;
    private final LimitMetrics limitMetrics;
    private final SharedIndexInformer<ApiKey> keyInformer;
    private final SharedIndexInformer<Tenant> tenantInformer;
    private final TenantsSoon tenantsSoon;
    private final Operator operator;

    /**
     * What the reconcilers work on.
     *
     * @param limitTable where billing says which limits are used up
     * @param metrics where gauges of this term go
     */
    record Parts(
            KubernetesClient client,
            OperatorSettings settings,
            PostgresRegistry registry,
            Programming programming,
            LimitStateTable limitTable,
            MeterRegistry metrics) {}

    Reconcilers(Parts parts, Upstreams upstreams) {
        var client = parts.client;
        var settings = parts.settings;
        var registry = parts.registry;
        var programming = parts.programming;
        var clock = InstantSource.system();
        var keys = new KeyCatalogue();
        var tenants = new TenantCatalogue();
        var models = new ModelCatalogue();
        statuses = new StatusWriter(status -> StatusOnly.apply(client, status), System::nanoTime);
        events = new KubernetesEvents(client, settings.replica(), clock);
        limitStates = new LimitStates(parts.limitTable, clock);
        limitMetrics = new LimitMetrics(parts.metrics);
        var limits = new LimitReport(limitStates, limitMetrics, events);
        var writing = new Writing(registry, statuses, programming, limits, clock);
        var namespaces = new TenantNamespaces(client, settings.namespace());
        var tenant = new TenantReconciler(writing, namespaces, keys, models);
        var minter =
                new KeyMinter(
                        registry::findKey,
                        new KubernetesKeySecrets(client),
                        new SecureRandom(),
                        settings.namespace());
        var neighbours = new Neighbours(tenants, models);
        var apiKey =
                new ApiKeyReconciler(registry, minter, statuses, programming, neighbours, clock);
        var quota = new QuotaReconciler(writing, tenants, keys);
        limitStates.onChange(tenant::limitsChanged);
        limitStates.onChange(quota::limitsChanged);
        tenantsSoon = new TenantsSoon(tenant::keysChanged);
        keys.onChange(key -> tenantsSoon.add(key.tenant()));
        keys.onChange(key -> quota.keysChanged(key.namespace()));
        tenants.onChange(changed -> apiKey.tenantChanged(changed, keys));
        tenants.onChange(changed -> quota.keysChanged(changed.getSpec().namespace()));
        models.onChange(differs -> apiKey.modelsChanged(differs, keys));
        models.onChange(differs -> tenant.modelsChanged(differs, tenants.all()));
        upstreams.onModels(models::served);
        keyInformer = informer(client, ApiKey.class, keys);
        tenantInformer = informer(client, Tenant.class, tenants);
        operator = operator(parts);
        register(tenant);
        register(apiKey);
        register(quota);
        register(
                new PriceBookReconciler(
                        registry, statuses, programming, settings.currency(), clock));
        register(upstreams.reconciler(statuses));
    }

    private static Operator operator(Parts parts) {
        var metrics = new ReconcilerMetrics(parts.metrics);
        return new Operator(o ->
                o.withKubernetesClient(parts.client)
                        .withMetrics(metrics)
                        .withCloseClientOnStop(false)
                        .withCacheSyncTimeout(SYNC_LIMIT)
                        .withExecutorService(
                                Executors.newFixedThreadPool(
                                        THREADS, Thread.ofVirtual().factory())));
    }

    private <T extends HasMetadata> void register(Reconciler<T> reconciler) {
        operator.register(
                reconciler,
                config ->
                        config.withRetry(
                                new GenericRetry()
                                        .withoutMaxAttempts()
                                        .setInitialInterval(FIRST_RETRY)
                                        .setIntervalMultiplier(2)
                                        .setMaxInterval(LAST_RETRY.toMillis())));
    }

    private static <T extends HasMetadata> SharedIndexInformer<T> informer(
            KubernetesClient client, Class<T> kind, ResourceEventHandler<T> handler) {
        return client.resources(kind).inAnyNamespace().runnableInformer(0).addEventHandler(handler);
    }

    /**
     * Starts; what kinds know of one another is complete before any of them looks at it.
     *
     * @throws IllegalStateException if the API server does not answer in time
     */
    void start() {
        try {
            keyInformer.start().toCompletableFuture().get(SYNC_LIMIT.toSeconds(), TimeUnit.SECONDS);
            tenantInformer
                    .start()
                    .toCompletableFuture()
                    .get(SYNC_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("can't list ApiKeys and Tenants", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        limitStates.refresh();
        operator.start();
    }

    /** Looks for limits that were used up or are no longer; one thread at a time. */
    void refreshLimits() {
        limitStates.refresh();
    }

    /** Statuses that wait to be written. */
    int waitingStatuses() {
        return statuses.waiting();
    }

    @Override
    public void close() {
        operator.stop();
        keyInformer.stop();
        tenantInformer.stop();
        tenantsSoon.close();
        statuses.close();
        events.close();
        limitMetrics.close();
    }
}
