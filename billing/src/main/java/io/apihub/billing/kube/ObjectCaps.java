package io.apihub.billing.kube;

import io.apihub.billing.account.Tenant;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps one tenant from filling the cluster. Exact within one billing; several may together let a
 * few more through.
 */
@Component
class ObjectCaps {

    private static final int LOCKS = 64;

    private final ApiServers servers;
    private final Lock[] locks =
            Stream.generate(ReentrantLock::new).limit(LOCKS).toArray(Lock[]::new);

    ObjectCaps(ApiServers servers) {
        this.servers = servers;
    }

    /**
     * Runs what makes one more.
     *
     * @throws Refused 409 if there are as many as there may be
     */
    ObjectNode below(Tenant tenant, ResourceKind kind, Supplier<ObjectNode> work) {
        var lock = locks[Math.floorMod(tenant.namespace().hashCode(), LOCKS)];
        lock.lock();
        try {
            int most = most(kind);
            if (count(tenant, kind) >= most) {
                throw new Refused(
                        Problem.tooMany(
                                "A namespace may have at most %d %s here: delete some first."
                                        .formatted(most, kind.plural())));
            }
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    private int most(ResourceKind kind) {
        var settings = servers.settings();
        return kind == ResourceKind.API_KEY ? settings.mostApiKeys() : settings.mostQuotas();
    }

    private long count(Tenant tenant, ResourceKind kind) {
        var page = Call.get(kind.path(tenant.namespace()), Map.of("limit", "1"));
        var list = servers.portal().send(page).orRefused();
        return list.path("items").size()
                + list.path("metadata").path("remainingItemCount").asLong(0);
    }
}
