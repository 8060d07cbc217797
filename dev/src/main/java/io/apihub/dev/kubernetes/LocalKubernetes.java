package io.apihub.dev.kubernetes;

import io.apihub.dev.file.Trees;
import io.apihub.dev.process.Await;
import io.apihub.dev.process.Supervised;
import io.apihub.dev.process.Supervisor;
import io.apihub.dev.tool.Toolbox;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A real kube-apiserver on a real etcd, on loopback addresses, with RBAC on and one administrator.
 * There are no nodes: nothing runs a pod. Both programs are started again when they crash.
 */
public final class LocalKubernetes implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(3);

    /** Longer than a local stack runs; the token is asked for anew at each start. */
    private static final Duration TOKEN_LIFE = Duration.ofDays(365);

    private final Supervisor supervisor;
    private final ControlPlane plane;
    private final Supervised etcd;
    private final Supervised apiserver;
    private final @Nullable Path temporary;

    private LocalKubernetes(
            Supervisor supervisor,
            ControlPlane plane,
            Supervised etcd,
            Supervised apiserver,
            @Nullable Path temporary) {
        this.supervisor = supervisor;
        this.plane = plane;
        this.etcd = etcd;
        this.apiserver = apiserver;
        this.temporary = temporary;
    }

    /** Starts one whose objects stay in {@code directory}, on free ports. */
    public static LocalKubernetes start(Path directory) throws IOException, InterruptedException {
        return start(directory, Toolbox.standard(), ownSupervisor(), KubernetesPorts.free());
    }

    /** Starts an empty one that is gone after {@link #close}. */
    public static LocalKubernetes temporary() throws IOException, InterruptedException {
        var directory = Files.createTempDirectory("apihub-kubernetes");
        var plane = new ControlPlane(directory, Toolbox.standard(), KubernetesPorts.free(), false);
        return start(plane, ownSupervisor(), directory);
    }

    /** Starts one as part of a stack, whose supervisor ends it. */
    public static LocalKubernetes start(
            Path directory, Toolbox tools, Supervisor supervisor, KubernetesPorts ports)
            throws IOException, InterruptedException {
        return start(new ControlPlane(directory, tools, ports, true), supervisor, null);
    }

    private static LocalKubernetes start(
            ControlPlane plane, Supervisor supervisor, @Nullable Path temporary)
            throws IOException, InterruptedException {
        plane.prepare();
        var etcd = supervisor.start(plane.etcd());
        var apiserver = supervisor.start(plane.apiserver());
        var kubernetes = new LocalKubernetes(supervisor, plane, etcd, apiserver, temporary);
        try {
            Await.until("the Kubernetes API server", START_LIMIT, kubernetes::isReady);
            return kubernetes;
        } catch (IllegalStateException e) {
            supervisor.close();
            throw e;
        }
    }

    private static Supervisor ownSupervisor() {
        return new Supervisor(line -> System.err.println("kubernetes: " + line));
    }

    /** The administrator's kubeconfig. */
    public Path kubeconfig() {
        return plane.kubeconfig();
    }

    /** The text of {@link #kubeconfig}. */
    public String kubeconfigYaml() {
        try {
            return Files.readString(kubeconfig());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a kubeconfig with the rights of a ServiceAccount, which must exist. */
    public Path kubeconfigOf(String namespace, String serviceAccount) {
        var wish =
                new TokenRequestBuilder()
                        .withNewSpec()
                        .withExpirationSeconds(TOKEN_LIFE.toSeconds())
                        .endSpec()
                        .build();
        try (var client = client()) {
            var accounts = client.serviceAccounts().inNamespace(namespace);
            var token = accounts.withName(serviceAccount).tokenRequest(wish);
            var file = plane.directory().resolve("kubeconfig-" + serviceAccount);
            plane.writeKubeconfig(file, token.getStatus().getToken());
            return file;
        }
    }

    public int port() {
        return plane.ports().apiserver();
    }

    /** The API server's process. */
    public Supervised process() {
        return apiserver;
    }

    /** etcd's process. */
    public Supervised etcd() {
        return etcd;
    }

    /** A client with the administrator's rights; the caller closes it. */
    public KubernetesClient client() {
        return new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(kubeconfigYaml()))
                .build();
    }

    /**
     * Starts the controllers that collect garbage and delete the contents of namespaces; without
     * them owner references and a namespace's deletion have no effect.
     */
    public Supervised startControllers() throws IOException {
        return supervisor.start(plane.controllerManager());
    }

    /** Applies every manifest in a directory and waits until the API server serves the kinds. */
    public void installCrds(Path manifests) throws IOException, InterruptedException {
        try (var client = client()) {
            new CrdInstaller(client).install(manifests);
        }
    }

    /** Stops both programs; a temporary one's objects are deleted. */
    @Override
    public void close() throws IOException {
        supervisor.close();
        if (temporary != null) {
            Trees.delete(temporary);
        }
    }

    private boolean isReady() {
        if (!plane.hasCertificate()) {
            return false;
        }
        plane.writeKubeconfig();
        try (var client = client()) {
            return "ok".equals(client.raw("/readyz"));
        }
    }
}
