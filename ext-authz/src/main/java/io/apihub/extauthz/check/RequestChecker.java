package io.apihub.extauthz.check;

import io.apihub.extauthz.credit.Holds;
import io.apihub.extauthz.error.Denial;
import io.apihub.extauthz.error.Reason;
import io.apihub.extauthz.policy.ModelPolicy;
import io.apihub.extauthz.policy.Policies;
import io.apihub.extauthz.policy.PolicySnapshot;
import io.apihub.extauthz.policy.TenantPolicy;
import io.apihub.extauthz.quota.Applying;
import io.apihub.extauthz.refusal.RefusalSums;
import io.apihub.extauthz.refusal.Refused;
import io.apihub.extauthz.request.Inspection;
import io.apihub.extauthz.request.RequestInspector;
import io.apihub.model.usage.Dialect;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The story of one request: who calls, what for, at what price, within which limits; then the money
 * is set aside and it may go. From memory; the only wait is for credit, and no thread waits.
 */
final class RequestChecker {

    private static final Denial STALE =
            Denial.of(
                    Reason.POLICY_STALE,
                    "The gateway cannot check this request right now. Try again.");
    private final Policies policies;
    private final Authenticator authenticator;
    private final RequestInspector inspector = new RequestInspector();
    private final Holds holds;
    private final RefusalSums refusals;
    private final LongSupplier nanoTime;
    private final Pricer pricer;
    private final HoldTerms terms;
    private final InstantSource clock;

    RequestChecker(CheckParts parts) {
        policies = parts.policies();
        holds = parts.holds();
        refusals = parts.refusals();
        nanoTime = parts.nanoTime();
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
                            counted(request.dialect(), caller, "", done)
                                    .accept(
                                            Decision.Denied.of(
                                                    Denial.ofParam(
                                                            Reason.MALFORMED_REQUEST,
                                                            words,
                                                            param)));
                    case Inspection.Request body ->
                            price(
                                    request,
                                    policy,
                                    caller,
                                    body,
                                    counted(request.dialect(), caller, known(policy, body), done));
                }
            }
        }
    }

    /** Clients can name anything: only models that exist are counted apart. */
    private static String known(PolicySnapshot policy, Inspection.Request body) {
        return policy.models().containsKey(body.model()) ? body.model() : "";
    }

    private void price(
            HttpRequest request,
            PolicySnapshot policy,
            Caller caller,
            Inspection.Request body,
            Consumer<Decision> done) {
        switch (pricer.price(request, policy, caller, body)) {
            case Pricer.Rejected(Denial denial) -> done.accept(Decision.Denied.of(denial));
            case Pricer.Priced priced -> admit(request, policy, caller, priced, done);
        }
    }

    private void admit(
            HttpRequest request,
            PolicySnapshot policy,
            Caller caller,
            Pricer.Priced priced,
            Consumer<Decision> done) {
        var model = priced.model().name();
        var applying = applying(policy, caller.tenant(), caller, model);
        var unclear = applying.notUnderstood();
        if (unclear != null) {
            done.accept(Decision.Denied.of(LimitWords.notUnderstood(unclear)));
            return;
        }
        var route =
                new Admission.Route(
                        request.requestId(),
                        priced,
                        target(request, priced.model()),
                        Clamp.of(priced, caller));
        var hold = terms.of(request, caller, priced);
        var limits = new Admission.Limits(applying, () -> newest(caller, model));
        new Admission(holds, limits, hold, route, nanoTime, done).start();
    }

    private static Applying applying(
            PolicySnapshot policy, TenantPolicy tenant, Caller caller, String model) {
        return tenant.limits()
                .applying(caller.keyUid(), model, () -> policy.keys().name(caller.key()));
    }

    /** What applies now to a request that was let in before; null if its tenant is gone. */
    private @Nullable Applying newest(Caller caller, String model) {
        var policy = policies.current();
        var tenant = policy.tenant(caller.key().tenant());
        return tenant == null || !tenant.id().equals(caller.tenant().id())
                ? null
                : applying(policy, tenant, caller, model);
    }

    private static @Nullable String target(HttpRequest request, ModelPolicy model) {
        boolean rename =
                request.dialect() == Dialect.GEMINI && !model.name().equals(model.upstreamName());
        return rename ? GeminiTarget.renamed(request, model.upstreamName()) : null;
    }

    /** Tells the decision and counts it if it is a no. Keeps nothing of the request's body. */
    private Consumer<Decision> counted(
            Dialect dialect, Caller caller, String model, Consumer<Decision> done) {
        return decision -> {
            if (decision instanceof Decision.Denied denied) {
                var denial = denied.denial();
                var key = caller.key();
                refusals.count(
                        new Refused(
                                caller.tenant().id(),
                                key.uidHigh(),
                                key.uidLow(),
                                key.keyId(),
                                model,
                                dialect.wireName(),
                                denial.reason().code(),
                                Objects.requireNonNullElse(denial.limit(), "")));
            }
            done.accept(decision);
        };
    }
}
