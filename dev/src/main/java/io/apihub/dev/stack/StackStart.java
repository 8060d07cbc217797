package io.apihub.dev.stack;

import io.apihub.dev.kubernetes.LocalKubernetes;
import io.apihub.dev.postgres.LocalPostgres;
import io.apihub.dev.process.Program;
import io.apihub.dev.process.Supervised;
import io.apihub.dev.process.Supervisor;
import io.apihub.dev.stack.StackPorts.Use;
import io.apihub.dev.tool.Toolbox;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Starts the programs of a stack in an order whose reverse is a good order to stop them. */
final class StackStart {

    private static final List<String> BILLING_ACCOUNTS =
            List.of(Services.PORTAL, Services.PROVISIONER);

    private static final String DEMO_UPSTREAMS = "demo-upstreams.yaml";
    private static final String OWN_UPSTREAM = "own-upstream.yaml";

    private final StackParts parts;
    private final Services services;
    private final DemoUpstreams demo;
    private final Checkout checkout;

    /** The models of the user's own upstream; empty in a demo. */
    private final String ownModels;

    private final Map<String, Supervised> processes = new ConcurrentHashMap<>();
    private final Gateways gateways;

    StackStart(StackOptions options, Toolbox tools, DataDirectory data, Supervisor supervisor)
            throws IOException, InterruptedException {
        tools.prepare();
        this.ownModels = ownModels(options);
        var ports =
                StackPorts.choose(
                        data.path("ports.properties"), options.port(), options.gateways());
        var secrets = new Secrets(data, new SecureRandom());
        this.parts = new StackParts(options, tools, data, ports, secrets, supervisor);
        this.checkout = Checkout.find();
        this.services = new Services(checkout, data, ports, options);
        this.gateways = new Gateways(parts, services, processes);
        this.demo = new DemoUpstreams(checkout, data, ports, secrets);
    }

    private static String ownModels(StackOptions options) throws InterruptedException {
        var own = options.upstream();
        return own.isPresent() ? OwnUpstreamModels.json(own.get()) : "";
    }

    /** Credentials of an earlier run would lead billing astray. */
    private void forgetCredentials() throws IOException {
        for (var account : BILLING_ACCOUNTS) {
            Files.deleteIfExists(services.kubeconfig(account));
        }
    }

    Stack run() throws IOException, InterruptedException {
        forgetCredentials();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var starting = threads.submit((Callable<LocalPostgres>) this::startDataPlane);
            var kubernetes = startKubernetes();
            var postgres = result(starting);
            // Not the administrator: what the operator may not do here, it may not do anywhere.
            var rights = kubernetes.kubeconfigOf(Demo.SYSTEM_NAMESPACE, "apihub-operator");
            start(services.operator(postgres, rights));
            declareTenant(kubernetes);
            return new Stack(parts, postgres, kubernetes, processes, gateways);
        }
    }

    /**
     * What does not need Kubernetes to start. Billing takes longest, so it goes first; who hands
     * its work to another starts after it, and so is stopped before it.
     */
    private LocalPostgres startDataPlane() throws IOException, InterruptedException {
        var postgres =
                LocalPostgres.start(
                        parts.data().path("postgres"),
                        parts.tools(),
                        parts.supervisor(),
                        parts.ports().of(Use.POSTGRES));
        processes.put("postgres", postgres.process());
        var payments = new DemoPayments(checkout, parts);
        if (payments.areSimulated()) {
            start(payments.simulator());
        }
        start(services.billing(postgres, payments.config()));
        startUpstreams();
        gateways.growTo(parts.options().gateways());
        return postgres;
    }

    /** Up to what the operator needs when it starts. */
    private LocalKubernetes startKubernetes() throws IOException, InterruptedException {
        var kubernetes =
                LocalKubernetes.start(
                        parts.data().path("kubernetes"),
                        parts.tools(),
                        parts.supervisor(),
                        parts.ports().kubernetes());
        processes.put("kube-apiserver", kubernetes.process());
        processes.put("etcd", kubernetes.etcd());
        kubernetes.installCrds(checkout.definitions());
        processes.put("kube-controller-manager", kubernetes.startControllers());
        try (var client = kubernetes.client()) {
            var manifests = new Manifests(client);
            manifests.apply("system.yaml", systemValues());
            manifests.applyAll(checkout.roles());
            manifests.applyAll(checkout.operatorRights());
            manifests.applyAll(checkout.billingRights());
            manifests.createMissing(checkout.tenantTemplates());
            declareUpstreams(client);
        }
        for (var account : BILLING_ACCOUNTS) {
            kubernetes.kubeconfigOf(Demo.SYSTEM_NAMESPACE, account);
        }
        return kubernetes;
    }

    private Map<String, String> systemValues() {
        return Map.of(
                "gatewayPort", Integer.toString(parts.ports().of(Use.GATEWAY)),
                "billingPort", Integer.toString(parts.ports().of(Use.BILLING_HTTP)),
                "grantTimeout", Services.text(parts.options().times().grant()),
                "longestStream", Services.text(parts.options().times().longestStream()),
                "settleMargin", Services.text(parts.options().times().settleMargin()));
    }

    /** Those of the other kind of run would lead to servers that do not run now. */
    private void declareUpstreams(KubernetesClient client) throws IOException {
        var manifests = new Manifests(client);
        var own = parts.options().upstream();
        if (own.isPresent()) {
            manifests.deleteOurs(DEMO_UPSTREAMS, demo.values());
            manifests.apply(
                    OWN_UPSTREAM, own(own.get().key(), own.get().url().toString(), ownModels));
        } else {
            manifests.deleteOurs(OWN_UPSTREAM, own("", "http://localhost", "[]"));
            manifests.apply(DEMO_UPSTREAMS, demo.values());
        }
    }

    private static Map<String, String> own(String key, String url, String models) {
        return Map.of("upstreamKey", key, "upstreamUrl", url, "models", models);
    }

    private void declareTenant(LocalKubernetes kubernetes) throws IOException {
        try (var client = kubernetes.client()) {
            new DemoTenant(client, parts.secrets().demoKey()).declare();
        }
    }

    private void startUpstreams() throws IOException {
        if (parts.options().upstream().isEmpty()) {
            start(demo.modelServer());
            start(demo.cliProxyApi(parts.tools()));
        }
    }

    private void start(Program program) throws IOException {
        processes.put(program.name(), parts.supervisor().start(program));
    }

    private static <T> T result(Future<T> future) throws IOException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e);
        }
    }
}
