package io.apihub.billing.kube;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Seat;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.account.Tenants;
import io.apihub.billing.events.EventStream;
import io.apihub.billing.events.EventStreams;
import io.apihub.billing.events.StreamTerms;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import jakarta.annotation.PreDestroy;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Streams of what happens to a tenant's objects, all fed by one watch of each kind. */
@Component
class Watches {

    private static final Duration FIRST_SYNC = Duration.ofSeconds(3);
    private static final long STEP_NANOS = 20_000_000;
    private static final Pattern VERSION = Pattern.compile("\\d{1,18}");

    private final ApiServers servers;
    private final EventStreams streams;
    private final Tenants tenants;
    private final Map<ResourceKind, ObjectInformer> informers = new EnumMap<>(ResourceKind.class);

    Watches(ApiServers servers, EventStreams streams, Tenants tenants) {
        this.servers = servers;
        this.streams = streams;
        this.tenants = tenants;
    }

    /** Who watches what. */
    record Wish(Caller caller, Tenant tenant, ResourceKind kind) {

        String part() {
            return kind == ResourceKind.TENANT ? tenant.name() : tenant.namespace();
        }
    }

    /**
     * Answers with a stream: all that there is, or after {@code Last-Event-ID} what was missed;
     * then each change. Ends when the caller may not see it any more.
     *
     * @throws Refused 503 while Kubernetes does not answer
     */
    void open(Wish wish, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        var last = version(request.getHeader("Last-Event-ID"));
        var feed = synced(wish.kind()).feed();
        var part = wish.part();
        var opened = new AtomicReference<@Nullable EventStream>();
        var terms =
                new StreamTerms(
                        wish.caller().name(),
                        feed.startingSize(part),
                        new Seat(wish.caller(), wish.tenant().id()),
                        () -> isThere(wish.tenant()),
                        () -> {
                            var stream = opened.get();
                            if (stream != null) {
                                feed.leave(part, stream);
                            }
                        });
        var stream = streams.open(request, response, terms);
        opened.set(stream);
        feed.follow(part, stream, last);
        // It may have ended before it was known here.
        if (!stream.isOpen()) {
            feed.leave(part, stream);
        }
    }

    /** The namespace must still be this tenant's. */
    private boolean isThere(Tenant tenant) {
        return tenants.inNamespace(tenant.namespace())
                .filter(now -> now.id().equals(tenant.id()))
                .isPresent();
    }

    private static @Nullable Long version(@Nullable String header) {
        return header == null || !VERSION.matcher(header).matches() ? null : Long.valueOf(header);
    }

    private ObjectInformer synced(ResourceKind kind) {
        var informer = informer(kind);
        long deadline = System.nanoTime() + FIRST_SYNC.toNanos();
        while (!informer.hasSynced()) {
            if (System.nanoTime() > deadline) {
                throw new Refused(Problem.unavailable("Kubernetes does not answer; try again."));
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
        return informer;
    }

    private synchronized ObjectInformer informer(ResourceKind kind) {
        return informers.computeIfAbsent(
                kind, wanted -> new ObjectInformer(wanted, servers.portal().client()));
    }

    @PreDestroy
    synchronized void close() {
        informers.values().forEach(ObjectInformer::close);
    }
}
