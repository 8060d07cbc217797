package io.apihub.billing.kube;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The API server, with the rights of one ServiceAccount. Connects when first needed: the kubeconfig
 * may come later than we.
 */
final class ApiServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
    private static final long LIMIT_MILLIS = 10_000;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final @Nullable Path kubeconfig;
    private @Nullable KubernetesClient client;

    /**
     * With a kubeconfig.
     *
     * @param kubeconfig null: the ServiceAccount of our own pod
     */
    ApiServer(@Nullable Path kubeconfig) {
        this.kubeconfig = kubeconfig;
    }

    /**
     * The client; it belongs to us.
     *
     * @throws Refused 503 if there is no kubeconfig yet
     */
    synchronized KubernetesClient client() {
        var known = client;
        if (known == null) {
            known = connect();
            client = known;
        }
        return known;
    }

    private KubernetesClient connect() {
        try {
            var config = Kubeconfig.read(kubeconfig);
            return new KubernetesClientBuilder().withConfig(config).build();
        } catch (IOException e) {
            LOG.warn("no way to Kubernetes yet: {}", e.getMessage());
            throw ApiServerProblems.unavailable("There is no way to Kubernetes yet");
        }
    }

    /**
     * Asks once; never repeats by itself.
     *
     * @throws Refused 503 if nobody answers in time
     */
    Reply send(Call call) {
        var http = client().getHttpClient();
        var server = client().getMasterUrl().toString().replaceFirst("/$", "");
        var request = http.newHttpRequestBuilder().uri(server + call.pathAndQuery());
        var body = call.body();
        if (body != null) {
            request.method(call.method(), call.contentType(), JSON.writeValueAsString(body));
        }
        try {
            var answer =
                    http.sendAsync(request.build(), byte[].class)
                            .get(LIMIT_MILLIS, TimeUnit.MILLISECONDS);
            return new Reply(answer.code(), object(answer.body()));
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("kubernetes does not answer: {}", e.toString());
            throw ApiServerProblems.unavailable("Kubernetes does not answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refused(Problem.unavailable("billing stops."));
        }
    }

    private static ObjectNode object(byte @Nullable [] bytes) {
        try {
            return bytes != null && JSON.readTree(bytes) instanceof ObjectNode object
                    ? object
                    : JSON.createObjectNode();
        } catch (JacksonException e) {
            // A proxy's page, or a refusal in plain text.
            return JSON.createObjectNode()
                    .put("message", new String(bytes, StandardCharsets.UTF_8).strip());
        }
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.close();
        }
    }
}
