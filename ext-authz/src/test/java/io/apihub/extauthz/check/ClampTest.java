package io.apihub.extauthz.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.extauthz.credit.Subject;
import io.apihub.extauthz.error.Reason;
import io.apihub.extauthz.request.Edit;
import io.apihub.extauthz.request.RequestInspector.Body;
import io.apihub.model.usage.Dialect;
import io.apihub.policy.v1.Limit;
import io.apihub.policy.v1.Quota;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Output costs 30 micro-units a token, input 10; the model writes at most 1000 tokens. */
class ClampTest {

    private static final String CHAT = "{\"model\":\"gpt-4o\",\"messages\":[]}";

    private final World world = new World().tenant(tenant -> tenant.setClamp(true));

    private Decision check(Dialect dialect, String path, String body) {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        var request =
                new HttpRequest(
                        dialect,
                        path,
                        Map.of("authorization", "Bearer " + world.secret.reveal()),
                        "127.0.0.1",
                        0,
                        new Body(bytes, 0, bytes.length));
        var decision = new AtomicReference<Decision>();
        new RequestChecker(world.parts()).check(request, decision::set);
        return decision.get();
    }

    private Decision chat(String body) {
        return check(Dialect.OPENAI_CHAT, "/v1/chat/completions", body);
    }

    private static Limit outputADay(long amount) {
        return Limit.newBuilder()
                .setName("out")
                .setMetric(Limit.Metric.METRIC_OUTPUT_TOKENS)
                .setWindow(Limit.Window.WINDOW_DAY)
                .setAmount(amount)
                .build();
    }

    @Test
    void aRequestThatTheBalanceDoesNotCoverIsMadeSmaller() {
        world.local.has(Subject.Kind.ACCOUNT, "", 15_000);

        var allowed = (Decision.Allowed) chat(CHAT);

        assertThat(allowed.clampedTo()).isBetween(480L, 500L);
        assertThat(allowed.hold().message().getOutputTokens()).isEqualTo(allowed.clampedTo());
        assertThat(allowed.hold().message().getCostMicros()).isBetween(14_970L, 15_000L);
        assertThat(allowed.hold().message().getTaken(0).getAmount())
                .isEqualTo(allowed.hold().message().getCostMicros());
        assertThat(allowed.edits())
                .contains(new Edit(1, 0, "\"max_tokens\":" + allowed.clampedTo() + ","));
    }

    @Test
    void aBudgetOfTokensMakesItSmallerToo() {
        world.quota("q", Quota.Per.PER_TARGET, outputADay(300));

        var allowed =
                (Decision.Allowed)
                        chat("{\"model\":\"gpt-4o\",\"max_tokens\":700,\"messages\":[]}");

        assertThat(allowed.clampedTo()).isEqualTo(300);
    }

    @Test
    void lessThanAUsefulAnswerIsRefused() {
        world.quota("q", Quota.Per.PER_TARGET, outputADay(255));

        assertThat(((Decision.Denied) chat(CHAT)).denial().limit()).isEqualTo("q/out");
        assertThat(world.taken).isEmpty();
    }

    @Test
    void moreAnswersShareWhatIsLeft() {
        world.quota("q", Quota.Per.PER_TARGET, outputADay(600));

        var two = "{\"model\":\"gpt-4o\",\"n\":2,\"messages\":[]}";
        assertThat(((Decision.Allowed) chat(two)).clampedTo()).isEqualTo(300);
    }

    @Test
    void thinkingNeedsMoreThanItsBudget() {
        world.quota("q", Quota.Per.PER_TARGET, outputADay(600));
        var thinking =
                "{\"model\":\"gpt-4o\",\"max_tokens\":1000,\"thinking\":{\"budget_tokens\":600},"
                        + "\"messages\":[]}";

        var denied = (Decision.Denied) check(Dialect.ANTHROPIC, "/v1/messages", thinking);

        assertThat(denied.denial().limit()).isEqualTo("q/out");
    }

    @Test
    void itCanBeSwitchedOffAndNeedsAnUpstreamThatObeys() {
        world.local.has(Subject.Kind.ACCOUNT, "", 15_000);
        world.tenant(tenant -> tenant.setClamp(false));
        assertThat(((Decision.Denied) chat(CHAT)).denial().reason())
                .isEqualTo(Reason.BALANCE_EXHAUSTED);
        world.tenant(tenant -> tenant.setClamp(true));
        world.quota("q", Quota.Per.PER_TARGET, outputADay(600));

        assertThat(chat(CHAT.replace("gpt-4o", "loose"))).isInstanceOf(Decision.Denied.class);
    }

    @Test
    void aRateIsNoReasonToMakeItSmaller() {
        world.quota(
                "q",
                Quota.Per.PER_TARGET,
                outputADay(600).toBuilder().setWindow(Limit.Window.WINDOW_MINUTE).build());

        assertThat(((Decision.Denied) chat(CHAT)).denial().reason())
                .isEqualTo(Reason.REQUEST_OVER_LIMIT);
    }
}
