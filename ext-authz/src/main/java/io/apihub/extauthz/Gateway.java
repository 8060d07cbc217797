package io.apihub.extauthz;

import io.apihub.extauthz.channel.Channels;
import io.apihub.extauthz.channel.UnaryServer;
import io.apihub.extauthz.check.CheckParts;
import io.apihub.extauthz.check.CheckService;
import io.apihub.extauthz.check.DecisionMeter;
import io.apihub.extauthz.check.WarmUp;
import io.apihub.extauthz.credit.LeaseSettings;
import io.apihub.extauthz.health.ManagementServer;
import io.apihub.extauthz.health.Readiness;
import io.apihub.extauthz.journal.JournalSettings;
import io.apihub.extauthz.policy.PolicyFeed;
import io.apihub.extauthz.policy.PolicyFile;
import io.apihub.extauthz.policy.PolicySnapshot;
import io.apihub.extauthz.refusal.RefusalSums;
import io.apihub.extauthz.usage.Metering;
import io.apihub.extauthz.usage.MeteringSettings;
import io.apihub.model.price.ModelPrice;
import io.apihub.model.usage.HoldId;
import io.grpc.ManagedChannel;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All parts of one running authorizer, put together. Wiring only. */
final class Gateway {

    private static final Logger log = LoggerFactory.getLogger(Gateway.class);

    /** Envoy buffers 32 MiB of a body; headers and the message around it come on top. */
    private static final int MAX_CHECK_MESSAGE = 34 << 20;

    private static final int CHECK_LOOPS =
            Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    /** What a route may say at most; for holds of routes that say nothing. */
    private static final Duration LONGEST_UNSAID = Duration.ofHours(4).plusMinutes(10);

    private static final long WORTH_COMPACTING_BYTES = 1 << 20;
    private static final int WARM_UP_ROUNDS = 3_000;

    /**
     * How long a stop waits for requests in flight to end and for billing to have their records.
     */
    private static final Duration SETTLE_PATIENCE = Duration.ofSeconds(25);

    private final PrometheusMeterRegistry meters =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("policy").daemon().factory());
    private final RefusalSums refusals = new RefusalSums(InstantSource.system());
    private final AtomicReference<PolicySnapshot> latest =
            new AtomicReference<>(PolicySnapshot.NONE);
    private final Metering metering;
    private final ManagedChannel operator;
    private final PolicyFile policyFile;
    private final PolicyFeed feed;
    private final Readiness readiness;
    private final UnaryServer checks;
    private final ManagementServer management;

    private Gateway(Settings settings) throws IOException {
        metering = Metering.start(meteringSettings(settings), this::priceOf, refusals, meters);
        operator = Channels.to(settings.operator());
        policyFile =
                new PolicyFile(settings.journal(), InstantSource.system(), WORTH_COMPACTING_BYTES);
        feed =
                new PolicyFeed(
                        new PolicyFeed.Settings(
                                settings.gateway(),
                                metering.incarnation().bytes(),
                                settings.maxStale()),
                        new PolicyFeed.Surroundings(
                                operator,
                                System::nanoTime,
                                timer,
                                metering.allowances(),
                                policyFile,
                                latest::set));
        readiness = new Readiness(feed::isFresh, metering::notReady);
        var parts =
                new CheckParts(
                        new AdmittingPolicies(feed, readiness),
                        metering.holds(),
                        refusals,
                        () -> HoldId.mint(InstantSource.system(), ThreadLocalRandom.current()),
                        InstantSource.system(),
                        System::nanoTime);
        var service = new CheckService(parts, new DecisionMeter(meters), readiness::isReady);
        checks =
                new UnaryServer(
                        settings.authzSocket(), CHECK_LOOPS, MAX_CHECK_MESSAGE, service.methods());
        checks.serving(false);
        management = new ManagementServer(settings.management(), readiness, meters::scrape);
    }

    /**
     * Starts all parts; operator and billing may be away.
     *
     * @throws IOException if a socket or the management address can't be bound
     */
    static Gateway start(Settings settings) throws IOException {
        var gateway = new Gateway(settings);
        gateway.gauges();
        gateway.feed.start();
        gateway.every(200, gateway::tellHealth);
        return gateway;
    }

    private static MeteringSettings meteringSettings(Settings settings) {
        return new MeteringSettings(
                settings.gateway(),
                settings.usageSocket(),
                settings.billing(),
                new JournalSettings(settings.journal(), settings.journalLimits()),
                LeaseSettings.of(settings.grantTimeout()),
                LONGEST_UNSAID);
    }

    private Optional<ModelPrice> priceOf(long version, String model) {
        var book = latest.get().prices().version(version);
        return book == null ? Optional.empty() : Optional.ofNullable(book.priceOf(model));
    }

    private void gauges() {
        meters.gauge("apihub.extauthz.policy.revision", feed, f -> f.current().revision());
        meters.gauge("apihub.extauthz.policy.keys", feed, f -> f.current().keys().size());
        meters.gauge("apihub.extauthz.policy.age.seconds", feed, f -> f.ageNanos() / 1e9);
        meters.gauge("apihub.extauthz.ready", readiness, r -> r.isReady() ? 1 : 0);
    }

    private void every(long millis, Runnable task) {
        var _ = timer.scheduleWithFixedDelay(task, millis, millis, TimeUnit.MILLISECONDS);
    }

    private void tellHealth() {
        checks.serving(readiness.canDecide());
    }

    void warmUp() {
        long started = System.nanoTime();
        int allowed = new WarmUp(InstantSource.system(), new SecureRandom()).run(WARM_UP_ROUNDS);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
        log.info("warmed up with {} checks in {} ms", allowed, millis);
        readiness.warmedUp();
    }

    /** Lets nothing more in, waits for what is in flight, and says goodbye. */
    void stop() {
        log.info("stopping");
        readiness.stopping();
        checks.serving(false);
        try {
            metering.shutdown(SETTLE_PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        feed.close();
        policyFile.close();
        timer.shutdownNow();
        checks.close();
        management.close();
        operator.shutdown();
    }
}
