package io.apihub.operator;

import static io.apihub.operator.Eventually.eventually;

import io.apihub.dev.kubernetes.LocalKubernetes;
import io.apihub.operator.config.OperatorSettings;
import io.apihub.operator.config.OperatorSettings.Database;
import io.apihub.operator.config.OperatorSettings.Listen;
import io.apihub.operator.registry.RegistryHarness;
import io.apihub.operator.xds.GatewayCertificate;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A real Postgres and a real API server with the CRDs and exactly the rights of the manifest; the
 * operator connects as its ServiceAccount.
 */
final class OperatorHarness implements AutoCloseable {

    static final String NAMESPACE = "apihub-system";

    private final RegistryHarness postgres;
    private final LocalKubernetes kubernetes;
    private final KubernetesClient admin;

    OperatorHarness() throws Exception {
        postgres = new RegistryHarness();
        kubernetes = LocalKubernetes.temporary();
        kubernetes.installCrds(Path.of("../crds/manifests"));
        admin = kubernetes.client();
        admin.resource(
                        new NamespaceBuilder()
                                .withNewMetadata()
                                .withName(NAMESPACE)
                                .endMetadata()
                                .build())
                .create();
        try (var manifest = Files.newInputStream(Path.of("manifests/rbac.yaml"))) {
            admin.load(manifest).items().forEach(item -> admin.resource(item).create());
        }
    }

    KubernetesClient admin() {
        return admin;
    }

    RegistryHarness postgres() {
        return postgres;
    }

    /** Starts an operator and waits until it leads. */
    Running startLeader(String cluster) throws Exception {
        var running = start(cluster, "operator-0");
        eventually("leading", () -> running.metric("apihub_operator_leading") == 1);
        return running;
    }

    Running start(String cluster, String replica) throws Exception {
        var client = operatorClient();
        var process = new OperatorProcess(settings(cluster, replica), client);
        process.start();
        return new Running(process, client);
    }

    private OperatorSettings settings(String cluster, String replica) {
        var database = new Database(postgres.jdbcUrl(), "apihub_operator", "apihub_operator");
        return settings(database, postgres.migration(), cluster, replica);
    }

    static OperatorSettings settings(
            Database database, Database migration, String cluster, String replica) {
        var any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return new OperatorSettings(
                new Listen(any, any),
                database,
                migration,
                NAMESPACE,
                cluster,
                replica,
                "CNY",
                true,
                Duration.ofMinutes(10));
    }

    private KubernetesClient operatorClient() {
        var token =
                admin.serviceAccounts()
                        .inNamespace(NAMESPACE)
                        .withName("apihub-operator")
                        .tokenRequest(
                                new TokenRequestBuilder()
                                        .withNewSpec()
                                        .withExpirationSeconds(3_600L)
                                        .endSpec()
                                        .build())
                        .getStatus()
                        .getToken();
        var config = Config.fromKubeconfig(kubernetes.kubeconfigYaml());
        config.setClientCertData(null);
        config.setClientCertFile(null);
        config.setClientKeyData(null);
        config.setClientKeyFile(null);
        config.setAutoOAuthToken(null);
        config.setOauthToken(token);
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    /** Applies YAML as an administrator. */
    void apply(String yaml) {
        admin.load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .items()
                .forEach(item -> admin.resource(item).forceConflicts().serverSideApply());
    }

    /** As cert-manager would, with the label. */
    void createSecret(String name, GatewayCertificate certificate) {
        admin.resource(
                        new SecretBuilder()
                                .withNewMetadata()
                                .withName(name)
                                .withNamespace(NAMESPACE)
                                .addToLabels("apihub.io/gateway-certificate", "true")
                                .endMetadata()
                                .withType("kubernetes.io/tls")
                                .addToStringData("tls.crt", certificate.chain())
                                .addToStringData("tls.key", certificate.key())
                                .build())
                .create();
    }

    static String version(HasMetadata object) {
        return object.getMetadata().getResourceVersion();
    }

    @Override
    public void close() throws IOException {
        admin.close();
        kubernetes.close();
        postgres.close();
    }

    /** A running operator. */
    record Running(OperatorProcess process, KubernetesClient client) implements AutoCloseable {

        String get(String path) throws IOException, InterruptedException {
            var uri = URI.create("http://127.0.0.1:" + process.managementPort() + path);
            try (var http = HttpClient.newHttpClient()) {
                return http.send(
                                HttpRequest.newBuilder(uri).build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body();
            }
        }

        double metric(String name) throws IOException, InterruptedException {
            return get("/metrics")
                    .lines()
                    .filter(line -> line.startsWith(name + " "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                    .findFirst()
                    .orElse(-1);
        }

        @Override
        public void close() {
            process.close();
            client.close();
        }
    }
}
