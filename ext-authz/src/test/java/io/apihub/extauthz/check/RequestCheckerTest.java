package io.apihub.extauthz.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.extauthz.credit.HoldOutcome;
import io.apihub.extauthz.credit.Subject;
import io.apihub.extauthz.error.Reason;
import io.apihub.extauthz.request.RequestInspector.Body;
import io.apihub.model.key.ApiKeySecret;
import io.apihub.model.usage.Dialect;
import io.apihub.policy.v1.BillingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestCheckerTest {

    private static final String CHAT = "{\"model\":\"gpt-4o\",\"messages\":[]}";

    private final World world = new World();

    @Test
    void aGoodRequestIsAllowedWithItsWorstCaseSetAside() {
        var body = "{\"model\":\"gpt-4o\",\"max_tokens\":100,\"n\":2,\"messages\":[]}";

        var allowed = (Decision.Allowed) check(body);

        assertThat(allowed.pool()).isEqualTo("pool/OpenAIChat");
        var hold = allowed.hold().message();
        long input = Math.ceilDiv(body.length() * 400_000L, 1_000_000L);
        assertThat(hold.getInputTokens()).isEqualTo(input);
        assertThat(hold.getOutputTokens()).isEqualTo(200);
        assertThat(hold.getCostMicros()).isEqualTo(input * 10 + 200 * 30);
        assertThat(hold.getPriceVersion()).isEqualTo(1);
        assertThat(hold.getTenantId()).isEqualTo(World.id(1));
        assertThat(hold.getKeyUid()).isEqualTo(World.id(2));
        assertThat(hold.getKeyId()).isEqualTo(world.secret.id().value());
        assertThat(hold.getUpstreamModel()).isEqualTo("fake-gpt");
        assertThat(hold.getRequestId()).isEqualTo("req-1");
        assertThat(hold.getRequestBytes()).isEqualTo(body.length());
        assertThat(hold.getMaxOutputTokens()).isEqualTo(2_000);
        assertThat(hold.getContextTokens()).isEqualTo(10_000);
        assertThat(hold.getLongestMillis()).as("as its route says").isEqualTo(14_460_000);
        assertThat(allowed.edits()).hasSize(1);
    }

    @Test
    void anUpstreamThatDoesNotStopAtTheLimitIsHeldToItsOwn() {
        var hold =
                ((Decision.Allowed) check("{\"model\":\"loose\",\"max_tokens\":1}"))
                        .hold()
                        .message();

        assertThat(hold.getOutputTokens()).isEqualTo(1_000);
    }

    @Test
    void unseenStateCostsTheWholeContext() {
        var body = "{\"model\":\"gpt-4o\",\"previous_response_id\":\"r\"}";

        var decision = decide(request(Dialect.OPENAI_RESPONSES, "/v1/responses", body));

        assertThat(((Decision.Allowed) decision).hold().message().getInputTokens())
                .isEqualTo(10_000);
    }

    @Test
    void theFactorOfTheTenantMultiplies() {
        world.tenant(tenant -> tenant.setPriceFactorMillionths(500_000));
        var cheap = ((Decision.Allowed) check(CHAT)).hold().message();
        world.tenant(tenant -> tenant.setPriceFactorMillionths(1_000_000));
        var full = ((Decision.Allowed) check(CHAT)).hold().message();

        assertThat(cheap.getCostMicros()).isEqualTo(Math.ceilDiv(full.getCostMicros(), 2));
    }

    @Test
    void countingTokensIsFree() {
        var decision = decide(request(Dialect.ANTHROPIC_COUNT, "/v1/messages/count_tokens", CHAT));

        var hold = ((Decision.Allowed) decision).hold().message();
        assertThat(hold.getFree()).isTrue();
        assertThat(hold.getCostMicros()).isZero();
    }

    @Test
    void anUnmeteredTenantIsMarked() {
        world.tenant(tenant -> tenant.setBillingMode(BillingMode.BILLING_MODE_UNMETERED));

        assertThat(((Decision.Allowed) check(CHAT)).hold().message().getUnmetered()).isTrue();
    }

    @Test
    void theLaterBookCountsFromItsInstant() {
        world.add(World.book(2, World.NOW + 500, World.price("*", 0, 0)));
        assertThat(((Decision.Allowed) check(CHAT)).hold().message().getPriceVersion())
                .isEqualTo(1);

        world.millis.addAndGet(500);

        assertThat(((Decision.Allowed) check(CHAT)).hold().message().getPriceVersion())
                .isEqualTo(2);
    }

    @Test
    void noKeyNoAnswer() {
        assertThat(denied(with("authorization", ""))).isEqualTo(Reason.MISSING_KEY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer nonsense", "Basic abc", "Bearer sk-hub_0000000000"})
    void whatIsNoKeyIsUnknown(String authorization) {
        assertThat(denied(with("authorization", authorization))).isEqualTo(Reason.UNKNOWN_KEY);
    }

    @Test
    void aSecretOfTheSameIdIsUnknown() {
        var forged = ApiKeySecret.mint(world.secret.id(), new Random(99));

        assertThat(denied(with("authorization", "Bearer " + forged.reveal())))
                .isEqualTo(Reason.UNKNOWN_KEY);
    }

    @Test
    void everyPlaceForAKeyWorks() {
        var key = world.secret.reveal();
        assertThat(decide(with("authorization", "bearer " + key)))
                .isInstanceOf(Decision.Allowed.class);
        assertThat(decide(only("x-api-key", key))).isInstanceOf(Decision.Allowed.class);
        assertThat(decide(only("x-goog-api-key", key))).isInstanceOf(Decision.Allowed.class);
        for (var query : new String[] {"key=" + key, "a=b&auth_token=" + key + "&c"}) {
            var request =
                    request(Map.of(), Dialect.OPENAI_CHAT, "/v1/chat/completions?" + query, CHAT);
            assertThat(decide(request)).isInstanceOf(Decision.Allowed.class);
        }
    }

    @Test
    void theSameKeyTwiceIsOneKey() {
        assertThat(decide(with("x-api-key", world.secret.reveal())))
                .isInstanceOf(Decision.Allowed.class);
    }

    @Test
    void twoDifferentCredentialsAreRefused() {
        var key = world.secret.reveal();
        var other = ApiKeySecret.mint(new Random(5)).reveal();
        assertThat(denied(with("x-api-key", other))).isEqualTo(Reason.AMBIGUOUS_CREDENTIALS);
        assertThat(denied(with("authorization", "Bearer " + key + ",Bearer " + key)))
                .isEqualTo(Reason.AMBIGUOUS_CREDENTIALS);
        for (var query :
                new String[] {"key=" + other, "%6bey=" + key, "key=" + key + "&key=" + other}) {
            var request = request(headers(), Dialect.OPENAI_CHAT, "/v1/x?" + query, CHAT);
            assertThat(denied(request)).isEqualTo(Reason.AMBIGUOUS_CREDENTIALS);
        }
    }

    @Test
    void suspensionDisablingAndTimesAreSeenAtOnce() {
        world.tenant(tenant -> tenant.setSuspended(true));
        assertThat(denied(request(CHAT))).isEqualTo(Reason.TENANT_SUSPENDED);
        world.tenant(tenant -> tenant.setSuspended(false)).key(key -> key.setDisabled(true));
        assertThat(denied(request(CHAT))).isEqualTo(Reason.KEY_DISABLED);
        world.key(key -> key.setDisabled(false).setNotBeforeMillis(World.NOW + 1));
        assertThat(denied(request(CHAT))).isEqualTo(Reason.KEY_NOT_YET_VALID);
        world.key(key -> key.setNotBeforeMillis(0).setExpiresAtMillis(World.NOW + 1));
        assertThat(check(CHAT)).isInstanceOf(Decision.Allowed.class);
        world.millis.incrementAndGet();
        assertThat(denied(request(CHAT))).isEqualTo(Reason.KEY_EXPIRED);
    }

    @Test
    void anAddressOutsideIsRefused() {
        world.key(key -> key.addAllowedCidrs("192.0.2.0/24"));

        assertThat(decide(with("x-envoy-external-address", "192.0.2.9")))
                .isInstanceOf(Decision.Allowed.class);
        assertThat(denied(with("x-envoy-external-address", "198.51.100.1")))
                .isEqualTo(Reason.ADDRESS_NOT_ALLOWED);
        assertThat(denied(with("x-envoy-external-address", "evil.example")))
                .isEqualTo(Reason.ADDRESS_NOT_ALLOWED);
    }

    @Test
    void modelsAreRefusedByListNameRouteAndPrice() {
        assertThat(denied(request("{\"model\":\"nope\"}"))).isEqualTo(Reason.MODEL_UNKNOWN);
        assertThat(denied(request("{\"model\":\"unpriced\"}"))).isEqualTo(Reason.MODEL_NOT_PRICED);
        assertThat(
                        denied(
                                request(
                                        Dialect.OPENAI_RESPONSES,
                                        "/v1/responses",
                                        "{\"model\":\"loose\"}")))
                .isEqualTo(Reason.MODEL_UNKNOWN);
        world.tenant(tenant -> tenant.addAllowedModels("gpt-*"));
        assertThat(denied(request("{\"model\":\"loose\"}"))).isEqualTo(Reason.MODEL_NOT_ALLOWED);
        assertThat(check(CHAT)).isInstanceOf(Decision.Allowed.class);
        world.key(key -> key.addAllowedModels("gpt-3*"));
        assertThat(denied(request(CHAT))).isEqualTo(Reason.MODEL_NOT_ALLOWED);
    }

    @Test
    void imagesNeedAPricePerRequest() {
        var request =
                request(Dialect.OPENAI_OTHER, "/v1/images/generations", "{\"model\":\"gpt-4o\"}");
        assertThat(denied(request)).isEqualTo(Reason.MODEL_NOT_PRICED);

        world.add(
                World.book(
                        2,
                        World.NOW,
                        World.price("*", 0, 0).toBuilder()
                                .setPricedPerRequest(true)
                                .setPerRequest(40_000)
                                .build()));

        assertThat(((Decision.Allowed) decide(request)).hold().message().getCostMicros())
                .isEqualTo(40_000);
    }

    @Test
    void aMalformedBodyIsRefusedButNotBeforeTheKey() {
        assertThat(denied(request("{"))).isEqualTo(Reason.MALFORMED_REQUEST);
        var keyless = request(Map.of(), Dialect.OPENAI_CHAT, "/v1/chat/completions", "{");
        assertThat(denied(keyless)).isEqualTo(Reason.MISSING_KEY);
    }

    @Test
    void aStalePolicyDeniesEverything() {
        world.fresh = false;

        assertThat(denied(request(CHAT))).isEqualTo(Reason.POLICY_STALE);
        assertThat(((Decision.Denied) checker().precheck(request(CHAT))).denial().reason())
                .isEqualTo(Reason.POLICY_STALE);
    }

    @Test
    void whatCreditSaysDecides() {
        world.local.has(Subject.Kind.ACCOUNT, "", 0);
        assertThat(denied(request(CHAT))).isEqualTo(Reason.BALANCE_EXHAUSTED);
        world.credit = held -> new HoldOutcome.Unavailable("silent");

        assertThat(denied(request(CHAT))).isEqualTo(Reason.GRANT_UNAVAILABLE);
    }

    @Test
    void geminiGetsAnotherPathForAnotherName() {
        var path = "/v1beta/models/gpt-4o:streamGenerateContent";
        var target = path + "?alt=sse&key=" + world.secret.reveal();

        var allowed = (Decision.Allowed) decide(request(Map.of(), Dialect.GEMINI, target, "{}"));

        assertThat(allowed.target())
                .isEqualTo("/v1beta/models/fake-gpt:streamGenerateContent?alt=sse");
        assertThat(allowed.edits()).isEmpty();
        assertThat(allowed.hold().message().getStream()).isTrue();
    }

    @Test
    void theListHasWhatTheKeyMayCall() {
        var request = request(headers(), Dialect.LIST_MODELS, "/v1/models?limit=1000", "");
        var answered = (Decision.Answered) checker().listModels(request);
        assertThat(answered.body())
                .isEqualTo(
                        "{\"object\":\"list\",\"data\":["
                                + "{\"id\":\"gpt-4o\",\"object\":\"model\",\"created\":0,\"owned_by\":\"apihub\"},"
                                + "{\"id\":\"loose\",\"object\":\"model\",\"created\":0,\"owned_by\":\"apihub\"}]}");

        var one = request(headers(), Dialect.LIST_MODELS, "/v1beta/models/gpt-4o", "");
        assertThat(((Decision.Answered) checker().listModels(one)).body())
                .contains("\"name\":\"models/gpt-4o\"");
        var none = request(headers(), Dialect.LIST_MODELS, "/v1/models/unpriced", "");
        assertThat(checker().listModels(none)).isInstanceOf(Decision.Denied.class);
        var headers = new HashMap<>(headers());
        headers.put("anthropic-version", "2023-06-01");
        var claude = request(headers, Dialect.LIST_MODELS, "/v1/models", "");
        assertThat(((Decision.Answered) checker().listModels(claude)).body())
                .contains(
                        "\"has_more\":false", "\"first_id\":\"gpt-4o\"", "\"last_id\":\"gpt-4o\"");
    }

    private Decision check(String body) {
        return decide(request(body));
    }

    private Reason denied(HttpRequest request) {
        return ((Decision.Denied) decide(request)).denial().reason();
    }

    private Decision decide(HttpRequest request) {
        var decision = new AtomicReference<Decision>();
        var answers = new ArrayList<Decision>();
        checker()
                .check(
                        request,
                        made -> {
                            answers.add(made);
                            decision.set(made);
                        });
        assertThat(answers).hasSize(1);
        return decision.get();
    }

    private RequestChecker checker() {
        return new RequestChecker(world.parts());
    }

    private HttpRequest request(String body) {
        return request(Dialect.OPENAI_CHAT, "/v1/chat/completions", body);
    }

    private HttpRequest request(Dialect dialect, String target, String body) {
        return request(headers(), dialect, target, body);
    }

    private static HttpRequest request(
            Map<String, String> headers, Dialect dialect, String target, String body) {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        return new HttpRequest(
                dialect,
                target,
                headers,
                "203.0.113.1",
                14_460_000,
                new Body(bytes, 0, bytes.length));
    }

    private Map<String, String> headers() {
        return Map.of("authorization", "Bearer " + world.secret.reveal(), "x-request-id", "req-1");
    }

    /** The usual request with one header changed. */
    private HttpRequest with(String name, String value) {
        var headers = new HashMap<>(headers());
        headers.put(name, value);
        return request(headers, Dialect.OPENAI_CHAT, "/v1/chat/completions", CHAT);
    }

    private HttpRequest only(String name, String value) {
        return request(Map.of(name, value), Dialect.OPENAI_CHAT, "/v1/chat/completions", CHAT);
    }
}
