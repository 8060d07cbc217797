package io.apihub.operator.upstream;

import io.apihub.operator.upstream.DeclaredTopology.Declaration;
import io.apihub.operator.upstream.GatewayAcks.Ack;
import io.apihub.operator.xds.AdsServer;
import io.apihub.operator.xds.EnvoyConfig;
import io.apihub.operator.xds.SnapshotBuilder;
import io.apihub.operator.xds.Topology;
import io.apihub.operator.xds.XdsType;
import io.apihub.policy.v1.Model;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries what is declared to the gateways: one thread, so that steps do not overtake each other,
 * and one that never waits for Postgres. Runs on every replica; only the leader's {@link ModelRows}
 * write.
 */
final class XdsTopology implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(XdsTopology.class);

    /** Changes that arrive together make one snapshot. */
    private static final Duration DEBOUNCE = Duration.ofMillis(50);

    /** Stages end by the clock, too. */
    private static final Duration TICK = Duration.ofMillis(500);

    private final DeclaredTopology declared;
    private final boolean allowLoopback;
    private final AdsServer ads;
    private final GatewayAcks acks;
    private final ModelRows rows;
    private final InstantSource clock;
    private final Consumer<Set<String>> changedViews;

    private final PoolStages stages = new PoolStages();
    private final Wake wake = new Wake();
    private final Aside reading = new Aside("gateway-acks");
    private final Aside writing = new Aside("model-rows");
    private final Thread thread;
    private volatile Map<String, UpstreamView> views = Map.of();
    private volatile boolean published;
    private volatile Optional<List<Ack>> known = Optional.empty();
    private @Nullable EnvoyConfig last;

    /** Where it reads from and writes to. */
    record Ports(
            DeclaredTopology declared,
            AdsServer ads,
            GatewayAcks acks,
            ModelRows rows,
            Consumer<Set<String>> changedViews) {}

    XdsTopology(Ports ports, boolean allowLoopback, InstantSource clock) {
        this.declared = ports.declared();
        this.ads = ports.ads();
        this.acks = ports.acks();
        this.rows = ports.rows();
        this.changedViews = ports.changedViews();
        this.allowLoopback = allowLoopback;
        this.clock = clock;
        this.thread = Thread.ofPlatform().daemon().name("xds-topology").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Something that it reads has changed; never blocks. */
    void changed() {
        wake.up();
    }

    /** What is known of an Upstream; empty until it was planned. */
    Optional<UpstreamView> view(String upstream) {
        return Optional.ofNullable(views.get(upstream));
    }

    /** Whether a gateway that connects now gets a configuration. */
    boolean isPublished() {
        return published;
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                if (wake.await(TICK)) {
                    Thread.sleep(DEBOUNCE);
                    wake.clear();
                }
                step();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One round; visible for tests that bring their own clock. */
    void step() {
        try {
            declared.read().ifPresent(this::carry);
        } catch (RuntimeException e) {
            // Gateways keep what they have, and the next round may succeed.
            LOG.error("the topology can't be carried to the gateways", e);
        }
    }

    private void carry(Declaration declaration) {
        var settings = declaration.settings();
        PoolPlan plan =
                PoolPlan.of(
                        declaration.upstreams(),
                        new MemberResolver(declaration.secrets(), allowLoopback));
        reading.offer(this::readAcks);
        Optional<List<Ack>> counting = known;
        stages.advance(plan, counting, settings.poolDrain(), clock.instant());
        EnvoyConfig config =
                SnapshotBuilder.build(new Topology(stages.offered(), plan.idleTimeout()), settings);
        if (last == null || differs(last, config)) {
            ads.publish(config);
            last = config;
            published = true;
        }
        stages.published(config.version(XdsType.CLUSTERS));
        Map<String, Model> models = Map.copyOf(stages.models());
        writing.offer(() -> rows.write(models, plan.models().keySet()));
        show(declaration, plan, counting);
    }

    private void readAcks() {
        Optional<List<Ack>> now;
        try {
            now = Optional.of(acks.counting());
        } catch (RuntimeException e) {
            LOG.warn("can't read how far the gateways are: {}", e.getMessage());
            now = Optional.empty();
        }
        if (!now.equals(known)) {
            known = now;
            wake.up();
        }
    }

    private static boolean differs(EnvoyConfig one, EnvoyConfig other) {
        for (XdsType type : XdsType.values()) {
            if (!one.version(type).equals(other.version(type))) {
                return true;
            }
        }
        return false;
    }

    private void show(Declaration declaration, PoolPlan plan, Optional<List<Ack>> counting) {
        Map<String, UpstreamView> next = new HashMap<>();
        for (DeclaredUpstream upstream : declaration.upstreams()) {
            List<String> pools = plan.poolsOf().getOrDefault(upstream.name(), List.of());
            next.put(
                    upstream.name(),
                    new UpstreamView(
                            upstream.generation(),
                            Optional.ofNullable(plan.refused().get(upstream.name())),
                            stages.programming(pools, counting)));
        }
        Map<String, UpstreamView> before = views;
        views = Map.copyOf(next);
        Set<String> changed = new HashSet<>();
        next.forEach((name, view) -> {
            if (!view.equals(before.get(name))) {
                changed.add(name);
            }
        });
        if (!changed.isEmpty()) {
            changedViews.accept(changed);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        reading.close();
        writing.close();
    }
}
