package io.apihub.dev.stack;

import io.apihub.dev.kubernetes.LocalKubernetes;
import io.apihub.dev.postgres.LocalPostgres;
import io.apihub.dev.process.Await;
import io.apihub.dev.process.Supervised;
import io.apihub.dev.process.Supervisor;
import io.apihub.dev.stack.StackPorts.Use;
import io.apihub.dev.tool.Toolbox;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * The whole product on this machine: Postgres, etcd, kube-apiserver, kube-controller-manager, the
 * three services, Envoy, and the demo's upstreams; several gateways if wished. Every program is a
 * child that is started again when it crashes; {@link #close} ends them all and keeps the data.
 */
public final class Stack implements AutoCloseable {

    private final StackParts parts;
    private final LocalPostgres postgres;
    private final LocalKubernetes kubernetes;
    private final Map<String, Supervised> processes;
    private final Gateways gateways;
    private volatile boolean closed;

    Stack(
            StackParts parts,
            LocalPostgres postgres,
            LocalKubernetes kubernetes,
            Map<String, Supervised> processes,
            Gateways gateways) {
        this.parts = parts;
        this.postgres = postgres;
        this.kubernetes = kubernetes;
        this.processes = processes;
        this.gateways = gateways;
    }

    /**
     * Starts everything and declares the demo; does not wait until it serves.
     *
     * @throws StackFailure with one line for the user, if it can't run
     */
    public static Stack start(StackOptions options) throws IOException, InterruptedException {
        return start(options, Toolbox.standard(options.announce()));
    }

    static Stack start(StackOptions options, Toolbox tools)
            throws IOException, InterruptedException {
        var data = DataDirectory.open(options.data());
        var supervisor = new Supervisor(options.announce());
        try {
            return new StackStart(options, tools, data, supervisor).run();
        } catch (IOException | InterruptedException | RuntimeException e) {
            supervisor.close();
            data.close();
            throw e;
        }
    }

    /** Waits until every program is ready, the demo key works, and its tenant has credit. */
    public void awaitReady(Duration atMost) throws InterruptedException, IOException {
        new Readiness(this).await(atMost);
    }

    /** The gateway, as a browser or an SDK would name it. */
    public URI url() {
        return URI.create("http://localhost:" + port(Use.GATEWAY));
    }

    /** billing's REST API without the gateway in front. */
    public URI billingUrl() {
        return URI.create("http://127.0.0.1:" + port(Use.BILLING_HTTP));
    }

    /** The model server, whose {@code /served} tells what it served. */
    public URI modelServerUrl() {
        return URI.create("http://127.0.0.1:" + port(Use.MODEL_SERVER));
    }

    /**
     * Health, readiness and metrics of a service, such as {@code operator} or {@code ext-authz-1}.
     */
    public URI managementUrl(String service) {
        var address =
                switch (service) {
                    case "operator" -> parts.ports().address(Use.OPERATOR_MANAGEMENT);
                    case "billing" -> parts.ports().address(Use.BILLING_MANAGEMENT);
                    default ->
                            parts.ports()
                                    .authzManagement(gateways.of("ext-authz", service).number());
                };
        return URI.create("http://" + address);
    }

    /** How many gateways there are. */
    public int gateways() {
        return gateways.count();
    }

    /** What an Envoy, such as {@code envoy} or {@code envoy-1}, says about itself. */
    public EnvoyAdmin envoyAdmin(String envoy) {
        return new EnvoyAdmin(gateways.of("envoy", envoy).adminSocket());
    }

    /**
     * Starts gateways until there are so many, all behind {@link #url}. {@link #awaitReady} waits
     * until they serve.
     */
    public void growTo(int count) throws IOException {
        gateways.growTo(count);
    }

    public LocalKubernetes kubernetes() {
        return kubernetes;
    }

    public LocalPostgres postgres() {
        return postgres;
    }

    public Path kubeconfig() {
        return kubernetes.kubeconfig();
    }

    /** The program that the kubeconfig is for. */
    public Path kubectl() {
        return parts.tools().kubectl();
    }

    /** Where billing writes the first administrator's token. */
    public Path adminTokenFile() {
        return parts.data().path("admin-token");
    }

    /**
     * Where billing writes the one-time password of {@link Demo#ADMINISTRATOR}, until it is
     * changed.
     *
     * @param data of the stack
     */
    public static Path adminPasswordFile(Path data) {
        return data.resolve(Services.ADMIN_PASSWORD);
    }

    /** Waits for the first administrator's token and reads it. */
    public String adminToken() throws IOException, InterruptedException {
        Await.until(
                "billing to mint the administrator's token",
                Duration.ofSeconds(60),
                () -> Files.exists(adminTokenFile()) && Files.size(adminTokenFile()) > 0);
        return Files.readString(adminTokenFile()).strip();
    }

    /** Where the plaintext of the demo's key lies. */
    public Path demoKeyFile() {
        return parts.secrets().demoKeyFile();
    }

    public String demoKey() throws IOException {
        return parts.secrets().demoKey().reveal();
    }

    /** Where an ext-authz, such as {@code ext-authz-1}, keeps what must survive it. */
    public Path journal(String extAuthz) {
        return gateways.of("ext-authz", extAuthz).journal();
    }

    /** What the model server served, as JSON lines. */
    public Path servedLog() {
        return parts.data().path("served.jsonl");
    }

    public Path logs() {
        return parts.data().path("logs");
    }

    /**
     * A running program: {@code operator}, {@code billing}, {@code ext-authz}, {@code envoy},
     * {@code cliproxyapi}, {@code model-server}, {@code postgres}, {@code kube-apiserver}, {@code
     * etcd}. The programs of a second gateway are {@code ext-authz-1} and {@code envoy-1}.
     */
    public Supervised process(String name) {
        var process = processes.get(name);
        if (process == null) {
            throw new IllegalArgumentException("no such program: " + name + " of " + processes);
        }
        return process;
    }

    Secrets secrets() {
        return parts.secrets();
    }

    void announce(String line) {
        parts.options().announce().accept(line);
    }

    boolean isDemo() {
        return parts.options().upstream().isEmpty();
    }

    private int port(Use use) {
        return parts.ports().of(use);
    }

    /**
     * Has everything end with this JVM, also by Ctrl-C, and says so, unless it has ended before.
     */
    public void closeAtExit() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::closeLate, "stop"));
    }

    private void closeLate() {
        if (closed) {
            return;
        }
        announce("stopping");
        try {
            close();
        } catch (IOException e) {
            announce("not all was put away: " + e.getMessage());
        }
    }

    /** Ends every program, the last started first. */
    @Override
    public void close() throws IOException {
        closed = true;
        parts.supervisor().close();
        parts.data().close();
    }
}
