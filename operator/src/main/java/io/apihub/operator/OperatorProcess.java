package io.apihub.operator;

import com.zaxxer.hikari.HikariDataSource;
import io.apihub.operator.config.OperatorSettings;
import io.apihub.operator.config.OperatorSettings.Database;
import io.apihub.operator.feed.FeedReader;
import io.apihub.operator.feed.GatewayRoster;
import io.apihub.operator.feed.PolicyFeedService;
import io.apihub.operator.grpc.GrpcServers;
import io.apihub.operator.leader.Leadership;
import io.apihub.operator.management.ManagementServer;
import io.apihub.operator.registry.AcceptedBooks;
import io.apihub.operator.registry.GatewaySessions;
import io.apihub.operator.registry.LeaderRegistry;
import io.apihub.operator.registry.LimitStateTable;
import io.apihub.operator.registry.PostgresRegistry;
import io.apihub.operator.registry.RegistryDatabase;
import io.apihub.operator.registry.RegistryListener;
import io.apihub.operator.status.Programming;
import io.apihub.operator.upstream.Upstreams;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.grpc.Server;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One operator process: serves feed and configuration from the start, and reconciles while it
 * leads. Knows every part; nothing knows it.
 */
public final class OperatorProcess implements AutoCloseable, Leadership.Leader {

    private static final Logger LOG = LoggerFactory.getLogger(OperatorProcess.class);
    private static final int POOL = 10;

    private final OperatorSettings settings;
    private final KubernetesClient client;
    private final InstantSource clock = InstantSource.system();
    private final HikariDataSource database;
    private final PrometheusMeterRegistry metrics =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final LeaderRegistry registry = new LeaderRegistry();
    private final GatewaySessions sessions;
    private final GatewayRoster roster;
    private final FeedReader reader;
    private final Programming programming;
    private final Upstreams upstreams;
    private final ManagementServer management;
    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private volatile String waitingFor = "Postgres";
    private volatile @Nullable Server grpc;
    private volatile @Nullable PostgresRegistry writing;
    private volatile @Nullable Reconcilers reconcilers;
    private volatile @Nullable RegistryListener limitListener;
    private volatile @Nullable Housekeeping housekeeping;

    /**
     * Makes the process and answers probes; nothing else runs before {@link #start}.
     *
     * @param client closed by the caller
     * @throws IOException if the management address can't be bound
     */
    public OperatorProcess(OperatorSettings settings, KubernetesClient client) throws IOException {
        this.settings = settings;
        this.client = client;
        this.database = pool(settings.database());
        this.sessions = new GatewaySessions(database, settings.cluster(), settings.replica());
        this.roster = new GatewayRoster(sessions, clock);
        this.reader = new FeedReader(database, settings.cluster(), System::nanoTime);
        this.programming = new Programming(this::epoch, sessions::all, settings.maxStale(), clock);
        this.upstreams = upstreams();
        this.management =
                new ManagementServer(
                        settings.listen().management(),
                        this::notReady,
                        upstreams::refusedSettings,
                        metrics);
        gauge("apihub_operator_feed_gateways", roster::connected);
        gauge(
                "apihub_operator_gateway_settings_refused",
                () -> upstreams.refusedSettings().isPresent() ? 1 : 0);
        gauge("apihub_operator_leading", () -> registry.isLeading() ? 1 : 0);
        gauge("apihub_operator_registry_revision", this::revision);
        gauge("apihub_operator_registry_queue", this::queue);
        gauge("apihub_operator_status_queue", this::statusQueue);
    }

    /** The place of the kind Upstream and of Envoy's configuration. */
    private Upstreams upstreams() {
        return new Upstreams(
                new Upstreams.Installation(
                        client,
                        settings.namespace(),
                        settings.allowLoopbackUpstreams(),
                        settings.maxStale(),
                        clock),
                sessions,
                new Upstreams.Models(
                        registry,
                        () -> RegistryDatabase.models(database, settings.cluster()),
                        registry::isLeading,
                        this::epoch,
                        new AcceptedBooks(database, settings.cluster())::inForce));
    }

    private String epoch() {
        return reader.confirmedHead().map(head -> head.epoch()).orElse("");
    }

    /**
     * Starts, waiting for Postgres and then for the API server as long as it takes. Gateways get
     * what Postgres knows in between.
     *
     * @throws IOException if the address for gateways can't be bound
     */
    public void start() throws IOException, InterruptedException {
        Patience.await("Postgres, " + settings.database(), this::openRegistry);
        running.push(
                RegistryListener.start(
                        unpooled(settings.database()), reader::refresh, this::sessionsChanged));
        var feed = new PolicyFeedService(reader, roster, clock, System::nanoTime);
        grpc = GrpcServers.start(settings.listen().grpc(), List.of(feed, upstreams.ads()));
        LOG.info("serving gateways at port {}", grpcPort());
        waitingFor = "the Kubernetes API server";
        Patience.await("the Kubernetes API server", () -> ApiServer.check(client));
        waitingFor = "";
        upstreams.start();
        running.push(upstreams);
        running.push(new Leadership(client, settings.namespace(), settings.replica(), this));
    }

    private void openRegistry() {
        RegistryDatabase.migrate(unpooled(settings.migration()));
        RegistryDatabase.prepare(database, settings.cluster());
    }

    private void sessionsChanged() {
        programming.refresh();
        upstreams.sessionsChanged();
    }

    @Override
    public long lastTerm() {
        return RegistryDatabase.head(database, settings.cluster()).term();
    }

    @Override
    public void begin(long term) {
        LOG.info("leading in term {}", term);
        var next = new PostgresRegistry(database, settings.cluster(), term);
        writing = next;
        next.recall();
        registry.lead(next);
        var parts =
                new Reconcilers.Parts(
                        client,
                        settings,
                        next,
                        programming,
                        new LimitStateTable(database),
                        metrics);
        var kinds = new Reconcilers(parts, upstreams);
        reconcilers = kinds;
        kinds.start();
        housekeeping = new Housekeeping(sessions, settings.maxStale());
        limitListener =
                RegistryListener.ofLimitStates(unpooled(settings.database()), kinds::refreshLimits);
    }

    @Override
    public void end() {
        registry.lead(null);
        for (var part : Arrays.asList(limitListener, housekeeping)) {
            if (part != null) {
                closeQuietly(part);
            }
        }
        limitListener = null;
        housekeeping = null;
        var kinds = reconcilers;
        reconcilers = null;
        if (kinds != null) {
            kinds.close();
        }
        var last = writing;
        writing = null;
        if (last != null) {
            last.close();
            LOG.info("not leading any more");
        }
    }

    private Optional<String> notReady() {
        if (!waitingFor.isEmpty()) {
            return Optional.of("waiting for " + waitingFor);
        }
        if (reader.confirmedHead().isEmpty()) {
            return Optional.of("the registry was not read lately");
        }
        return upstreams.notReady();
    }

    public int grpcPort() {
        return grpc == null ? -1 : grpc.getPort();
    }

    public int managementPort() {
        return management.port();
    }

    private long revision() {
        return reader.confirmedHead().map(head -> head.revision()).orElse(0L);
    }

    private long queue() {
        var now = writing;
        return now == null ? 0 : now.waiting();
    }

    private long statusQueue() {
        var now = reconcilers;
        return now == null ? 0 : now.waitingStatuses();
    }

    private void gauge(String name, Supplier<Number> value) {
        Gauge.builder(name, value).register(metrics);
    }

    private static HikariDataSource pool(Database database) {
        var pool = new HikariDataSource();
        pool.setDataSource(unpooled(database));
        pool.setMaximumPoolSize(POOL);
        pool.setInitializationFailTimeout(-1);
        pool.setConnectionTimeout(TimeUnit.SECONDS.toMillis(5));
        return pool;
    }

    private static DataSource unpooled(Database database) {
        var source = new PGSimpleDataSource();
        source.setUrl(database.url());
        source.setUser(database.user());
        source.setPassword(database.password());
        source.setTcpKeepAlive(true);
        source.setConnectTimeout(5);
        return source;
    }

    @Override
    public void close() {
        while (!running.isEmpty()) {
            closeQuietly(running.pop());
        }
        end();
        if (grpc != null) {
            grpc.shutdownNow();
        }
        closeQuietly(roster);
        closeQuietly(management);
        database.close();
    }

    private static void closeQuietly(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            LOG.warn("{} did not close: {}", part.getClass().getSimpleName(), e.getMessage());
        }
    }
}
