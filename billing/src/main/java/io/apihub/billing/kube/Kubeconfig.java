package io.apihub.billing.kube;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.internal.KubeConfigUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what says where the API server is and who we are to it. */
final class Kubeconfig {

    private static final int CONNECT_MILLIS = 2_000;
    private static final int REQUEST_MILLIS = 10_000;

    private Kubeconfig() {}

    /**
     * Reads a kubeconfig. A token in a file of its own ({@code tokenFile}) is read anew for each
     * request, so it may be renewed.
     *
     * @param file null: the ServiceAccount of our own pod
     * @throws IOException if there is none, or it can't be read
     */
    static Config read(@Nullable Path file) throws IOException {
        var config = file == null ? Config.autoConfigure(null) : fromFile(file);
        return new ConfigBuilder(config)
                .withConnectionTimeout(CONNECT_MILLIS)
                .withRequestTimeout(REQUEST_MILLIS)
                // Who asks us decides about trying again; informers have a patience of their own.
                .withRequestRetryBackoffLimit(0)
                .build();
    }

    private static Config fromFile(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            throw new IOException(file + " is not there, or can't be read");
        }
        try {
            var config = Config.fromKubeconfig(file.toFile());
            tokenFile(file).ifPresent(token -> config.setOauthTokenProvider(() -> tokenIn(token)));
            return config;
        } catch (KubernetesClientException e) {
            throw new IOException(file + " is no kubeconfig", e);
        }
    }

    private static Optional<Path> tokenFile(Path file) {
        var config = KubeConfigUtils.parseConfig(file.toFile());
        return config.getUsers().stream()
                .flatMap(user -> Optional.ofNullable(user.getUser()).stream())
                .flatMap(user -> Optional.ofNullable(user.getTokenFile()).stream())
                .findFirst()
                .map(file::resolveSibling);
    }

    private static String tokenIn(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
