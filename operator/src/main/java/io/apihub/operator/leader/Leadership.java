package io.apihub.operator.leader;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands for election over and over. The lease only says who should write; that no one else does is
 * guarded by the term in every transaction, because two replicas may believe to lead for a while.
 */
public final class Leadership implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
    private static final String LEASE = "apihub-operator";
    private static final Duration DURATION = Duration.ofSeconds(15);
    private static final Duration RENEW_WITHIN = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final KubernetesClient client;
    private final String namespace;
    private final String replica;
    private final Leader leader;
    private final ExecutorService duties =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().name("leader").factory());
    private final Thread thread;
    private volatile @Nullable CompletableFuture<?> candidacy;
    private volatile boolean closed;

    /**
     * Begins to stand for election.
     *
     * @param replica a name that survives a restart, so that a restarted leader goes on at once
     */
    public Leadership(KubernetesClient client, String namespace, String replica, Leader leader) {
        this.client = client;
        this.namespace = namespace;
        this.replica = replica;
        this.leader = leader;
        this.thread = Thread.ofPlatform().daemon().name("election").start(this::stand);
    }

    /** What a leader does. Calls come one at a time from one thread. */
    public interface Leader {

        /**
         * Begins to write.
         *
         * @param term higher than that of any leader before, but for a restart of the same replica
         */
        void begin(long term);

        /** The highest term in which anyone wrote. */
        long lastTerm();

        /** Stops writing. */
        void end();
    }

    private void stand() {
        while (!closed) {
            try {
                var elected = elector().start();
                candidacy = elected;
                elected.get();
            } catch (InterruptedException e) {
                return;
            } catch (ExecutionException | RuntimeException e) {
                if (!closed) {
                    LOG.warn("the election was interrupted: {}", e.getMessage());
                }
            }
            if (!closed && !pause()) {
                return;
            }
        }
    }

    private static boolean pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(RETRY.toMillis());
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private LeaderElector elector() {
        return client.leaderElector()
                .withConfig(
                        new LeaderElectionConfigBuilder()
                                .withName(LEASE)
                                .withLock(new LeaseLock(namespace, LEASE, replica))
                                .withLeaseDuration(DURATION)
                                .withRenewDeadline(RENEW_WITHIN)
                                .withRetryPeriod(RETRY)
                                .withReleaseOnCancel(true)
                                .withLeaderCallbacks(
                                        new LeaderCallbacks(
                                                () -> duties.execute(this::begin),
                                                () -> duties.execute(leader::end),
                                                Leadership::told))
                                .build())
                .build();
    }

    private static void told(@Nullable String holder) {
        if (holder != null) {
            LOG.info("{} leads", holder);
        }
    }

    private void begin() {
        try {
            leader.begin(term());
        } catch (RuntimeException e) {
            LOG.error("can't begin to lead; standing again", e);
            leader.end();
            var current = candidacy;
            if (current != null) {
                current.cancel(true);
            }
        }
    }

    /**
     * Terms count the lease's holders. A lease that is younger than the registry (made anew, or
     * restored from a backup) is raised first, or this leader would be fenced off for good.
     */
    private long term() {
        long transitions = transitions(leases().withName(LEASE).get());
        long last = leader.lastTerm();
        if (last > transitions + 1) {
            LOG.warn("the lease counts {} terms, the registry {}; raising it", transitions, last);
            transitions = transitions(leases().withName(LEASE).edit(lease -> raise(lease, last)));
        }
        return transitions + 1;
    }

    private NonNamespaceOperation<Lease, LeaseList, Resource<Lease>> leases() {
        return client.leases().inNamespace(namespace);
    }

    private static long transitions(@Nullable Lease lease) {
        var transitions = lease == null ? null : lease.getSpec().getLeaseTransitions();
        return transitions == null ? 0 : transitions;
    }

    private static Lease raise(Lease lease, long transitions) {
        lease.getSpec().setLeaseTransitions(Math.toIntExact(transitions));
        return lease;
    }

    /** Gives the lease back and stops. */
    @Override
    public void close() {
        closed = true;
        var current = candidacy;
        if (current != null) {
            current.cancel(true);
        }
        thread.interrupt();
        duties.shutdown();
        try {
            if (!duties.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("the leader's duties did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
