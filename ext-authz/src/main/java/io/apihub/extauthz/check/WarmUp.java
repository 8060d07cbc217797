package io.apihub.extauthz.check;

import com.google.protobuf.ByteString;
import io.apihub.extauthz.credit.Claim;
import io.apihub.extauthz.credit.HoldDraft;
import io.apihub.extauthz.credit.HoldOutcome;
import io.apihub.extauthz.credit.Holds;
import io.apihub.extauthz.key.DigestWords;
import io.apihub.extauthz.key.KeyIndex;
import io.apihub.extauthz.key.KeyRow;
import io.apihub.extauthz.policy.ModelFigures;
import io.apihub.extauthz.policy.ModelPolicy;
import io.apihub.extauthz.policy.Policies;
import io.apihub.extauthz.policy.PolicySnapshot;
import io.apihub.extauthz.policy.PriceTimeline;
import io.apihub.extauthz.policy.TenantPolicy;
import io.apihub.extauthz.quota.TenantLimits;
import io.apihub.extauthz.refusal.RefusalSums;
import io.apihub.extauthz.request.RequestInspector.Body;
import io.apihub.model.key.ApiKeySecret;
import io.apihub.model.price.ModelPattern;
import io.apihub.model.price.ModelPrice;
import io.apihub.model.price.PriceFactor;
import io.apihub.model.price.PriceSheet;
import io.apihub.model.usage.Dialect;
import io.apihub.model.usage.HoldId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Makes decisions that nobody asked for, on a tenant of its own that exists nowhere else, so that
 * the first real request meets code that is compiled already. Takes no credit, counts nothing.
 */
public final class WarmUp {

    private static final String TENANT = "warm-up";
    private static final String MODEL = "warm-up";

    private final ApiKeySecret secret;
    private final RequestChecker checker;
    private final CheckResponses responses;

    public WarmUp(InstantSource clock, RandomGenerator random) {
        secret = ApiKeySecret.mint(random);
        checker =
                new RequestChecker(
                        new CheckParts(
                                new Fixed(snapshot(secret)),
                                new Free(),
                                new RefusalSums(clock),
                                () -> HoldId.mint(clock, random),
                                clock,
                                System::nanoTime));
        responses = new CheckResponses(clock);
    }

    /** Runs for a moment; returns how many requests were allowed, which is all of them. */
    public int run(int rounds) {
        var small = request("hello");
        var large = request("hello ".repeat(4_000));
        var allowed = new int[1];
        for (int i = 0; i < rounds; i++) {
            var request = i % 50 == 0 ? large : small;
            checker.check(
                    request,
                    decision -> {
                        boolean sent = responses.of(decision, request).allowed();
                        allowed[0] += sent ? 1 : 0;
                    });
        }
        return allowed[0];
    }

    private HttpRequest request(String text) {
        var body =
                ("{\"model\":\"warm-up\",\"stream\":true,\"max_tokens\":64,"
                                + "\"messages\":[{\"role\":\"user\",\"content\":\""
                                + text
                                + "\"}]}")
                        .getBytes(StandardCharsets.UTF_8);
        return new HttpRequest(
                Dialect.OPENAI_CHAT,
                "/v1/chat/completions",
                Map.of("authorization", "Bearer " + secret.reveal()),
                "127.0.0.1",
                0,
                new Body(body, 0, body.length));
    }

    private static PolicySnapshot snapshot(ApiKeySecret secret) {
        var digest = DigestWords.of(ByteBuffer.wrap(secret.digest(TENANT).toBytes()));
        var keys = KeyIndex.EMPTY.change();
        keys.put(new KeyRow(secret.id().value(), 0, 0, 0, digest, false, 0, null, MODEL));
        var tenant =
                new TenantPolicy(
                        ByteString.copyFrom(new byte[16]),
                        TENANT,
                        false,
                        true,
                        false,
                        PriceFactor.ONE,
                        List.of(),
                        new TenantLimits(
                                ByteString.EMPTY,
                                true,
                                List.of(),
                                (subject, limit) -> {
                                    throw new IllegalStateException("unmetered: " + subject);
                                }));
        var figures = new ModelFigures(100_000, 1_000, 400_000, 1_500, 20_000, 0, true);
        var model =
                new ModelPolicy(MODEL, "upstream", Map.of("OpenAIChat", "pool"), figures, false);
        var price = new ModelPrice(new ModelPattern("*"), 1, 1, 1, 1, 1, 0, false);
        var book = new PriceSheet(1, "XXX", Instant.EPOCH, List.of(price));
        return new PolicySnapshot(
                "",
                0,
                keys.build(),
                List.of(Optional.of(tenant)),
                Map.of(MODEL, model),
                new PriceTimeline(List.of(book), List.of(MODEL)));
    }

    private record Fixed(PolicySnapshot current) implements Policies {
        @Override
        public boolean isFresh() {
            return true;
        }
    }

    /** Gives everything and remembers nothing. */
    private static final class Free implements Holds {
        @Override
        public void take(HoldDraft draft, Claim claim, Consumer<HoldOutcome> done) {
            done.accept(new HoldOutcome.Held(draft.written(ByteString.EMPTY, claim)));
        }

        @Override
        public void voidHold(HoldId id) {
            // Nothing was taken.
        }
    }
}
