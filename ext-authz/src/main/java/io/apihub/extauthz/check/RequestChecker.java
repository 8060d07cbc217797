package io.apihub.extauthz.check;

import io.apihub.extauthz.credit.HoldOutcome;
import io.apihub.extauthz.credit.Holds;
import io.apihub.extauthz.error.Denial;
import io.apihub.extauthz.error.Reason;
import io.apihub.extauthz.policy.ModelPolicy;
import io.apihub.extauthz.policy.Policies;
import io.apihub.extauthz.policy.PolicySnapshot;
import io.apihub.extauthz.quota.Admission;
import io.apihub.extauthz.quota.Limit;
import io.apihub.extauthz.quota.QuotaLimiter;
import io.apihub.extauthz.request.Inspection;
import io.apihub.extauthz.request.RequestInspector;
import io.apihub.extauthz.request.Splices;
import io.apihub.model.usage.Dialect;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The story of one request: who calls, what for, at what price, within which limits; then the money
 * is set aside and it may go. From memory; the only wait is for credit, and no thread waits.
 */
final class RequestChecker {

    private static final Logger log = LoggerFactory.getLogger(RequestChecker.class);

    private static final Denial STALE =
            Denial.of(
                    Reason.POLICY_STALE,
                    "The gateway cannot check this request right now. Try again.");
    private static final Denial NO_CREDIT_ANSWER =
            Denial.of(
                    Reason.GRANT_UNAVAILABLE,
                    "The gateway cannot reserve credit right now. Try again.");
    private static final Denial NO_CREDIT =
            Denial.of(
                    Reason.BALANCE_EXHAUSTED,
                    "Your account's balance does not cover this request. Top up, or lower its"
                            + " maximum of output tokens.");

    private final Policies policies;
    private final Authenticator authenticator;
    private final RequestInspector inspector = new RequestInspector();
    private final QuotaLimiter limiter;
    private final OpenRequests openRequests;
    private final Holds holds;
    private final Pricer pricer;
    private final HoldTerms terms;
    private final InstantSource clock;

    RequestChecker(CheckParts parts) {
        policies = parts.policies();
        limiter = parts.limiter();
        openRequests = parts.openRequests();
        holds = parts.holds();
        clock = parts.clock();
        authenticator = new Authenticator(clock);
        pricer = new Pricer(clock);
        terms = new HoldTerms(clock, parts.holdIds());
    }

    /** Only whether a live key of a live tenant calls: asked before a large body is accepted. */
    Decision precheck(HttpRequest request) {
        if (!policies.isFresh()) {
            return Decision.Denied.of(STALE);
        }
        return switch (authenticator.authenticate(request, policies.current())) {
            case Authenticator.Rejected(Denial denial) -> Decision.Denied.of(denial);
            case Authenticator.Accepted(Caller _) -> new Decision.Passed();
        };
    }

    /** What this key may call, in the words of its protocol. */
    Decision listModels(HttpRequest request) {
        if (!policies.isFresh()) {
            return Decision.Denied.of(STALE);
        }
        var policy = policies.current();
        return switch (authenticator.authenticate(request, policy)) {
            case Authenticator.Rejected(Denial denial) -> Decision.Denied.of(denial);
            case Authenticator.Accepted(Caller caller) ->
                    ModelList.of(policy, caller, clock.millis()).answer(request);
        };
    }

    /**
     * Decides.
     *
     * @param done told exactly once, perhaps on this thread
     */
    void check(HttpRequest request, Consumer<Decision> done) {
        if (!policies.isFresh()) {
            done.accept(Decision.Denied.of(STALE));
            return;
        }
        var policy = policies.current();
        switch (authenticator.authenticate(request, policy)) {
            case Authenticator.Rejected(Denial denial) -> done.accept(Decision.Denied.of(denial));
            case Authenticator.Accepted(Caller caller) -> {
                var subject =
                        new RequestInspector.Subject(
                                request.dialect(),
                                request.path(),
                                request.header("content-type"),
                                request.body());
                switch (inspector.inspect(subject)) {
                    case Inspection.Malformed(String words, String param) ->
                            done.accept(
                                    Decision.Denied.of(
                                            Denial.ofParam(
                                                    Reason.MALFORMED_REQUEST, words, param)));
                    case Inspection.Request body -> price(request, policy, caller, body, done);
                }
            }
        }
    }

    private void price(
            HttpRequest request,
            PolicySnapshot policy,
            Caller caller,
            Inspection.Request body,
            Consumer<Decision> done) {
        switch (pricer.price(request, policy, caller, body)) {
            case Pricer.Rejected(Denial denial) -> done.accept(Decision.Denied.of(denial));
            case Pricer.Priced priced -> admit(request, caller, priced, done);
        }
    }

    private void admit(
            HttpRequest request, Caller caller, Pricer.Priced priced, Consumer<Decision> done) {
        var quotas = caller.tenant().quotas();
        var admission = limiter.admit(quotas, caller.keyUid(), priced.model().name());
        var refusedBy = admission.refusedBy();
        if (refusedBy != null) {
            done.accept(Denials.limit(refusedBy, admission));
            return;
        }
        var hold = terms.of(request, caller, priced);
        openRequests.opened(hold.getHoldId(), admission);
        var allowed =
                new Decision.Allowed(
                        hold,
                        priced.pool(),
                        Splices.of(
                                priced.body(),
                                priced.model().upstreamName(),
                                !priced.model().alwaysSendsUsage()),
                        target(request, priced.model()),
                        admission.tightestRate());
        holds.take(hold, outcome -> done.accept(settled(allowed, admission, outcome)));
    }

    /** Captures nothing of the request but what the answer needs: its body may be large. */
    private Decision settled(Decision.Allowed allowed, Admission admission, HoldOutcome outcome) {
        return switch (outcome) {
            case HoldOutcome.Held(var hold) ->
                    new Decision.Allowed(
                            hold,
                            allowed.pool(),
                            allowed.edits(),
                            allowed.target(),
                            allowed.rate());
            case HoldOutcome.Exhausted(long _) -> refused(allowed, admission, NO_CREDIT);
            case HoldOutcome.Unavailable(String why) -> {
                log.warn("request {} refused: {}", allowed.hold().getRequestId(), why);
                yield refused(allowed, admission, NO_CREDIT_ANSWER);
            }
        };
    }

    private Decision refused(Decision.Allowed allowed, Admission admission, Denial denial) {
        openRequests.neverOpened(allowed.hold().getHoldId());
        admission.giveBack();
        return new Decision.Denied(denial, allowed.rate());
    }

    private static @Nullable String target(HttpRequest request, ModelPolicy model) {
        boolean rename =
                request.dialect() == Dialect.GEMINI && !model.name().equals(model.upstreamName());
        return rename ? GeminiTarget.renamed(request, model.upstreamName()) : null;
    }

    /** The words of refusals that depend on the request. */
    private static final class Denials {

        static Decision limit(Limit limit, Admission admission) {
            long millis = Math.ceilDiv(admission.waitNanos(), 1_000_000L);
            boolean rate = limit.metric() == Limit.Metric.REQUESTS_PER_MINUTE;
            var words =
                    rate
                            ? "Rate limit %s reached: %d requests a minute. Try again in %d ms."
                                    .formatted(limit.label(), limit.amount(), millis)
                            : "Concurrency limit %s reached: %d requests at once."
                                    .formatted(limit.label(), limit.amount());
            return new Decision.Denied(
                    Denial.ofLimit(
                            rate ? Reason.RATE_LIMITED : Reason.CONCURRENCY_LIMITED,
                            words,
                            limit.label(),
                            millis),
                    admission.tightestRate());
        }
    }
}
