package io.apihub.operator.xds;

import io.envoyproxy.controlplane.cache.ConfigWatcher;
import io.envoyproxy.controlplane.cache.DeltaResponse;
import io.envoyproxy.controlplane.cache.DeltaWatch;
import io.envoyproxy.controlplane.cache.DeltaXdsRequest;
import io.envoyproxy.controlplane.cache.Response;
import io.envoyproxy.controlplane.cache.Watch;
import io.envoyproxy.controlplane.cache.XdsRequest;
import io.envoyproxy.controlplane.server.DiscoveryServerCallbacks;
import io.envoyproxy.controlplane.server.exception.RequestException;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Status;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Watches the streams of the gateways: reports acks and refusals, and lets a refused version rest.
 *
 * <p>java-control-plane answers a refusal as if it asked for the current version, at once, tens of
 * thousands of times. Here the watch that follows a refusal counts as one of a gateway that has the
 * refused version, so it is answered when there is another.
 */
final class AdsStreams implements DiscoveryServerCallbacks, ConfigWatcher {

    private final ConfigWatcher cache;
    private final XdsSessions sessions;
    private final Map<Long, Stream> streams = new ConcurrentHashMap<>();

    /** The refused version in the request that this thread is at; callback and watch share it. */
    private final ThreadLocal<String> refused = new ThreadLocal<>();

    AdsStreams(ConfigWatcher cache, XdsSessions sessions) {
        this.cache = cache;
        this.sessions = sessions;
    }

    /** A gateway says who it is in its first request only. */
    private record Stream(String gateway, Map<String, Sent> sent) {}

    private record Sent(String nonce, String version) {}

    @Override
    public void onV3StreamRequest(long id, DiscoveryRequest request) {
        refused.remove();
        Stream stream =
                streams.computeIfAbsent(
                        id, i -> new Stream(request.getNode().getId(), new ConcurrentHashMap<>()));
        Sent sent = stream.sent().get(request.getTypeUrl());
        if (sent == null && !request.getVersionInfo().isEmpty()) {
            // It was connected before, here or to another replica, and says what it has.
            XdsType.of(request.getTypeUrl())
                    .ifPresent(type ->
                            sessions.acked(stream.gateway(), type, request.getVersionInfo()));
        }
        if (sent == null || !sent.nonce().equals(request.getResponseNonce())) {
            return;
        }
        if (request.hasErrorDetail()) {
            refused.set(sent.version());
        }
        XdsType.of(request.getTypeUrl()).ifPresent(type -> report(stream, type, request, sent));
    }

    private void report(Stream stream, XdsType type, DiscoveryRequest request, Sent sent) {
        if (request.hasErrorDetail()) {
            sessions.rejected(
                    stream.gateway(), type, sent.version(), request.getErrorDetail().getMessage());
        } else {
            sessions.acked(stream.gateway(), type, request.getVersionInfo());
        }
    }

    @Override
    public void onV3StreamResponse(long id, DiscoveryRequest request, DiscoveryResponse response) {
        Stream stream = streams.get(id);
        if (stream != null) {
            stream.sent()
                    .put(
                            response.getTypeUrl(),
                            new Sent(response.getNonce(), response.getVersionInfo()));
        }
    }

    @Override
    public Watch createWatch(
            boolean ads,
            XdsRequest request,
            Set<String> known,
            Consumer<Response> responses,
            boolean clusterChanged,
            boolean emptyEndpoints) {
        String version = refused.get();
        refused.remove();
        if (version == null) {
            return cache.createWatch(
                    ads, request, known, responses, clusterChanged, emptyEndpoints);
        }
        DiscoveryRequest resting = request.v3Request().toBuilder().setVersionInfo(version).build();
        // Names that it has not accepted count as new, and new names are answered at once.
        Set<String> names = Set.copyOf(resting.getResourceNamesList());
        return cache.createWatch(
                ads, XdsRequest.create(resting), names, responses, false, emptyEndpoints);
    }

    @Override
    public void onStreamClose(long id, String type) {
        close(id);
    }

    @Override
    public void onStreamCloseWithError(long id, String type, Throwable error) {
        close(id);
    }

    private void close(long id) {
        Stream stream = streams.remove(id);
        if (stream != null) {
            sessions.disconnected(stream.gateway());
        }
    }

    @Override
    public void onV3StreamDeltaRequest(long id, DeltaDiscoveryRequest request)
            throws RequestException {
        throw new RequestException(Status.UNIMPLEMENTED.withDescription("state of the world only"));
    }

    @Override
    public DeltaWatch createDeltaWatch(
            DeltaXdsRequest request,
            String requesterVersion,
            Map<String, String> resourceVersions,
            Set<String> pendingResources,
            boolean wildcard,
            Consumer<DeltaResponse> responses,
            boolean clusterChanged) {
        throw new UnsupportedOperationException("state of the world only");
    }
}
