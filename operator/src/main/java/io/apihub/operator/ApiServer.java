package io.apihub.operator;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;

/** The connection to the API server. */
final class ApiServer {

    // What fails is tried again by its caller, who knows what hurries; the client's own default
    // would sleep for most of a minute after an outage.
    private static final int RETRIES = 3;
    private static final int CONNECT_MILLIS = 2_000;

    private ApiServer() {}

    /** A client as the environment says: KUBECONFIG, or the pod's ServiceAccount. */
    static KubernetesClient client() {
        var config =
                new ConfigBuilder(Config.autoConfigure(null))
                        .withRequestRetryBackoffLimit(RETRIES)
                        .build();
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    /**
     * Does nothing if the API server answers.
     *
     * @throws IOException if nobody listens, told at once
     */
    static void check(KubernetesClient client) throws IOException {
        var url = URI.create(client.getConfiguration().getMasterUrl());
        try (var socket = new Socket()) {
            int port = url.getPort() == -1 ? 443 : url.getPort();
            socket.connect(
                    new InetSocketAddress(InetAddress.getByName(url.getHost()), port),
                    CONNECT_MILLIS);
        } catch (IOException e) {
            throw new IOException(url + ": " + e.getMessage(), e);
        }
        client.getKubernetesVersion();
    }
}
