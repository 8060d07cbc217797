package io.apihub.operator.upstream;

import io.apihub.operator.registry.BookInForce;
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
import java.util.function.Supplier;
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
    private final Supplier<Optional<BookInForce>> book;
    private final InstantSource clock;
    private final Audience audience;

    private final PoolStages stages = new PoolStages();
    private final Arrivals arrivals = new Arrivals();
    private final Wake wake = new Wake();
    private final Aside reading = new Aside("gateway-acks");
    private final Aside writing = new Aside("model-rows");
    private final Thread thread;
    private volatile Map<String, UpstreamView> views = Map.of();
    private volatile Optional<Set<String>> models = Optional.empty();
    private volatile boolean published;
    private volatile Optional<List<Ack>> known = Optional.empty();

    private volatile Optional<Pricing.Books> books = Optional.empty();

    private @Nullable EnvoyConfig last;

    /** Where it reads from and writes to. */
    record Ports(
            DeclaredTopology declared,
            AdsServer ads,
            GatewayAcks acks,
            ModelRows rows,
            Supplier<Optional<BookInForce>> book,
            Audience audience) {}

    /**
     * Who wants to know; neither may block.
     *
     * @param upstreams gets the names of Upstreams that are seen differently now
     * @param models gets the names of all models that are served, when these change
     */
    record Audience(Consumer<Set<String>> upstreams, Consumer<Set<String>> models) {}

    XdsTopology(Ports ports, boolean allowLoopback, InstantSource clock) {
        this.declared = ports.declared();
        this.ads = ports.ads();
        this.acks = ports.acks();
        this.rows = ports.rows();
        this.book = ports.book();
        this.audience = ports.audience();
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

    /** The models that are served; empty until they are known. */
    Optional<Set<String>> models() {
        return models;
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
        reading.offer(this::read);
        Optional<List<Ack>> counting = known;
        stages.advance(plan, counting, settings.poolDrain(), clock.instant());
        EnvoyConfig config =
                SnapshotBuilder.build(
                        new Topology(
                                stages.offered(),
                                plan.idleTimeout(),
                                declaration.gateway().certificate()),
                        settings);
        if (last == null || differs(last, config)) {
            ads.publish(config);
            last = config;
            published = true;
        }
        stages.published(config.version(XdsType.CLUSTERS));
        Map<String, Model> models = Map.copyOf(stages.models());
        writing.offer(() -> write(models, plan.models().keySet()));
        show(declaration, plan, counting);
    }

    private void write(Map<String, Model> models, Set<String> planned) {
        ModelsInForce before = rows.inForce();
        rows.write(models, planned);
        if (!rows.inForce().equals(before)) {
            wake.up();
        }
    }

    private void read() {
        Optional<List<Ack>> now = read("how far the gateways are", acks::counting);
        Optional<Pricing.Books> prices =
                read("which price book is in force", () -> new Pricing.Books(book.get()));
        if (!now.equals(known) || !prices.equals(books)) {
            known = now;
            books = prices;
            wake.up();
        }
    }

    private static <T> Optional<T> read(String what, Supplier<T> from) {
        try {
            return Optional.of(from.get());
        } catch (RuntimeException e) {
            LOG.warn("can't read {}: {}", what, e.getMessage());
            return Optional.empty();
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
        var round =
                new Arrivals.Round(
                        counting, rows.inForce(), plan.models().keySet(), clock.instant());
        Map<String, UpstreamView> next = new HashMap<>();
        for (DeclaredUpstream upstream : declaration.upstreams()) {
            next.put(upstream.name(), view(upstream, plan, round));
        }
        arrivals.retain(next.keySet());
        Map<String, UpstreamView> before = views;
        views = Map.copyOf(next);
        Set<String> changed = new HashSet<>();
        next.forEach((name, view) -> {
            if (!view.equals(before.get(name))) {
                changed.add(name);
            }
        });
        if (!changed.isEmpty()) {
            audience.upstreams().accept(changed);
        }
        var declared = Optional.of(Set.copyOf(plan.models().keySet()));
        if (!declared.equals(models)) {
            models = declared;
            audience.models().accept(declared.get());
        }
    }

    private UpstreamView view(DeclaredUpstream upstream, PoolPlan plan, Arrivals.Round round) {
        Refusal refusal = plan.refused().get(upstream.name());
        if (refusal != null) {
            arrivals.forget(upstream.name());
            return new UpstreamView.Refused(upstream.generation(), refusal);
        }
        List<String> pools = plan.poolsOf().getOrDefault(upstream.name(), List.of());
        List<Model> models = plan.modelsOf(upstream);
        return new UpstreamView.Planned(
                upstream.generation(),
                arrivals.of(upstream, stages.lacking(pools, round.counting()), models, round),
                Pricing.of(models.stream().map(Model::getName).toList(), books));
    }

    @Override
    public void close() {
        thread.interrupt();
        reading.close();
        writing.close();
    }
}
