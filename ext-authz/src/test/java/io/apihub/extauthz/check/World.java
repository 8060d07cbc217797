package io.apihub.extauthz.check;

import com.google.protobuf.ByteString;
import io.apihub.extauthz.credit.Claim;
import io.apihub.extauthz.credit.HoldDraft;
import io.apihub.extauthz.credit.HoldOutcome;
import io.apihub.extauthz.credit.Holds;
import io.apihub.extauthz.credit.LocalCredit;
import io.apihub.extauthz.policy.Policies;
import io.apihub.extauthz.policy.PolicyFixtures;
import io.apihub.extauthz.policy.PolicySnapshot;
import io.apihub.extauthz.refusal.RefusalSums;
import io.apihub.extauthz.request.RequestInspector;
import io.apihub.model.key.ApiKeySecret;
import io.apihub.model.usage.Dialect;
import io.apihub.model.usage.HoldId;
import io.apihub.policy.v1.ApiKey;
import io.apihub.policy.v1.BillingMode;
import io.apihub.policy.v1.Change;
import io.apihub.policy.v1.Digest;
import io.apihub.policy.v1.Limit;
import io.apihub.policy.v1.Model;
import io.apihub.policy.v1.Price;
import io.apihub.policy.v1.PriceBook;
import io.apihub.policy.v1.Quota;
import io.apihub.policy.v1.Route;
import io.apihub.policy.v1.Tenant;
import io.apihub.usage.v1.Hold;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A tenant with a key, models, prices and an account, and knobs to turn. */
final class World implements Policies, Holds {

    static final long NOW = Instant.parse("2026-11-23T10:00:00Z").toEpochMilli();
    static final String TENANT = "acme";

    final ApiKeySecret secret = ApiKeySecret.mint(new Random(7));
    final AtomicLong nanos = new AtomicLong();
    final AtomicLong millis = new AtomicLong(NOW);
    final LocalCredit local = new LocalCredit(nanos::get);
    final InstantSource clock = () -> Instant.ofEpochMilli(millis.get());
    final RefusalSums refusals = new RefusalSums(clock);
    final List<Hold> taken = new ArrayList<>();
    final ConcurrentLinkedQueue<HoldId> voided = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    volatile boolean fresh = true;
    volatile boolean slowCredit;
    volatile boolean failing;
    UnaryOperator<HoldOutcome> credit = UnaryOperator.identity();

    private final Tenant.Builder tenant =
            Tenant.newBuilder()
                    .setTenantId(id(1))
                    .setName(TENANT)
                    .setNamespace(TENANT)
                    .setBillingMode(BillingMode.BILLING_MODE_PREPAID)
                    .setPriceFactorMillionths(1_000_000);
    private final ApiKey.Builder key =
            ApiKey.newBuilder()
                    .setUid(id(2))
                    .setTenantId(id(1))
                    .setKeyId(secret.id().value())
                    .setName("alice")
                    .addDigests(digest(secret));
    private final List<Change> others = new ArrayList<>();
    private volatile PolicySnapshot policy;

    World() {
        others.add(
                model(
                        Model.newBuilder()
                                .setName("gpt-4o")
                                .setUpstreamName("fake-gpt")
                                .setMaxOutputTokens(1_000)
                                .setContextTokens(10_000)
                                .setTokensPerMillionBytes(400_000)
                                .setImageTokens(1_500)
                                .setFileTokens(2_000)
                                .setEnforcesMaxTokens(true)
                                .addRoutes(route("OpenAIChat"))
                                .addRoutes(route("OpenAIResponses"))
                                .addRoutes(route("OpenAIOther"))
                                .addRoutes(route("AnthropicMessages"))
                                .addRoutes(route("Gemini"))));
        others.add(
                model(
                        Model.newBuilder()
                                .setName("loose")
                                .setMaxOutputTokens(1_000)
                                .setContextTokens(10_000)
                                .setTokensPerMillionBytes(1_000_000)
                                .setAlwaysSendsUsage(true)
                                .addRoutes(route("OpenAIChat"))));
        others.add(
                model(
                        Model.newBuilder()
                                .setName("unpriced")
                                .setContextTokens(1)
                                .addRoutes(route("OpenAIChat"))));
        others.add(
                book(1, NOW - 1000, price("gpt-4o", 10_000_000, 30_000_000), price("loose", 1, 1)));
        publish();
    }

    World tenant(Consumer<Tenant.Builder> change) {
        change.accept(tenant);
        return publish();
    }

    World key(Consumer<ApiKey.Builder> change) {
        change.accept(key);
        return publish();
    }

    World add(Change change) {
        others.add(change);
        return publish();
    }

    World quota(String name, Quota.Per per, Limit... limits) {
        return add(
                Change.newBuilder()
                        .setQuota(
                                Quota.newBuilder()
                                        .setUid(
                                                ByteString.copyFromUtf8(
                                                        (name + "-".repeat(16)).substring(0, 16)))
                                        .setTenantId(id(1))
                                        .setNamespace(TENANT)
                                        .setName(name)
                                        .setPer(per)
                                        .setMode(Quota.Mode.MODE_ENFORCE)
                                        .setAllKeys(true)
                                        .addAllLimits(List.of(limits)))
                        .build());
    }

    /** The tenant is deleted. */
    void gone() {
        policy = PolicyFixtures.snapshot(local, others);
    }

    private World publish() {
        var changes = new ArrayList<>(others);
        changes.add(Change.newBuilder().setTenant(tenant).build());
        changes.add(Change.newBuilder().setApiKey(key).build());
        policy = PolicyFixtures.snapshot(local, changes);
        return this;
    }

    /** What becomes of a chat with this body, by this world's key. */
    Decision chat(String body) {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        var request =
                new HttpRequest(
                        Dialect.OPENAI_CHAT,
                        "/v1/chat/completions",
                        Map.of("authorization", "Bearer " + secret.reveal()),
                        "127.0.0.1",
                        0,
                        new RequestInspector.Body(bytes, 0, bytes.length));
        var decision = new AtomicReference<Decision>();
        new RequestChecker(parts()).check(request, decision::set);
        return decision.get();
    }

    CheckParts parts() {
        var random = new Random(3);
        return new CheckParts(
                this, this, refusals, () -> HoldId.mint(clock, random), clock, nanos::get);
    }

    @Override
    public PolicySnapshot current() {
        if (failing) {
            throw new IllegalStateException("made to fail");
        }
        return policy;
    }

    @Override
    public boolean isFresh() {
        return fresh;
    }

    @Override
    public void take(HoldDraft draft, Claim claim, Consumer<HoldOutcome> done) {
        local.take(draft, claim, found -> answer(credit.apply(found), done));
    }

    private void answer(HoldOutcome outcome, Consumer<HoldOutcome> done) {
        if (outcome instanceof HoldOutcome.Held(var hold)) {
            taken.add(hold.message());
        }
        if (slowCredit) {
            waiting.add(() -> done.accept(outcome));
        } else {
            done.accept(outcome);
        }
    }

    @Override
    public void voidHold(HoldId id) {
        voided.add(id);
        local.voidHold(id);
    }

    static Limit perMinute(String name, long amount) {
        return Limit.newBuilder()
                .setName(name)
                .setMetric(Limit.Metric.METRIC_REQUESTS)
                .setWindow(Limit.Window.WINDOW_MINUTE)
                .setAmount(amount)
                .build();
    }

    static Limit slots(String name, long amount) {
        return Limit.newBuilder()
                .setName(name)
                .setMetric(Limit.Metric.METRIC_CONCURRENCY)
                .setAmount(amount)
                .build();
    }

    static Change book(long version, long fromMillis, Price... prices) {
        return Change.newBuilder()
                .setPriceBook(
                        PriceBook.newBuilder()
                                .setUid(id(100 + version))
                                .setVersion(version)
                                .setInForceFromMillis(fromMillis)
                                .addAllPrices(List.of(prices)))
                .build();
    }

    static Price price(String model, long input, long output) {
        return Price.newBuilder()
                .setModel(model)
                .setInput(input)
                .setCachedInput(input)
                .setCacheWrite(input)
                .setCacheWrite1H(input)
                .setOutput(output)
                .build();
    }

    static ByteString id(long low) {
        return ByteString.copyFrom(ByteBuffer.allocate(16).putLong(9).putLong(low).array());
    }

    static Digest digest(ApiKeySecret secret) {
        return Digest.newBuilder()
                .setSha256(ByteString.copyFrom(secret.digest(TENANT).toBytes()))
                .build();
    }

    private static Change model(Model.Builder model) {
        return Change.newBuilder().setModel(model).build();
    }

    private static Route route(String protocol) {
        return Route.newBuilder().setProtocol(protocol).setPool("pool/" + protocol).build();
    }
}
