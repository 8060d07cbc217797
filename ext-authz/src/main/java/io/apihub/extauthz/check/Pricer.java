package io.apihub.extauthz.check;

import io.apihub.extauthz.error.Denial;
import io.apihub.extauthz.error.Reason;
import io.apihub.extauthz.policy.ModelPolicy;
import io.apihub.extauthz.policy.PolicySnapshot;
import io.apihub.extauthz.request.Inspection;
import io.apihub.model.money.Credits;
import io.apihub.model.price.ModelPrice;
import io.apihub.model.price.Rating;
import io.apihub.model.usage.Dialect;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Finds the model, its upstreams and its price, and what the request can cost at most. */
final class Pricer {

    private static final Denial TOO_MUCH =
            Denial.of(Reason.MALFORMED_REQUEST, "This asks for more than can be charged.");

    private final InstantSource clock;

    Pricer(InstantSource clock) {
        this.clock = clock;
    }

    /** The answer to "what does it cost". */
    sealed interface Answer {}

    record Rejected(Denial denial) implements Answer {}

    /**
     * A request with a route and a price.
     *
     * @param price what it is rated by; null if the request is free
     * @param priceVersion of the book in force; 0 if the request is free
     */
    record Priced(
            Inspection.Request body,
            ModelPolicy model,
            String pool,
            WorstCase worst,
            Credits cost,
            @Nullable ModelPrice price,
            long priceVersion)
            implements Answer {

        private Priced at(Credits cost, ModelPrice rate, long version) {
            return new Priced(body, model, pool, worst, cost, rate, version);
        }
    }

    Answer price(
            HttpRequest request, PolicySnapshot policy, Caller caller, Inspection.Request body) {
        if (!caller.mayUse(body.model())) {
            return rejected(
                    Reason.MODEL_NOT_ALLOWED,
                    "Your API key may not use the model `" + body.model() + "`.");
        }
        var model = policy.models().get(body.model());
        var pool = model == null ? null : model.pool(request.dialect());
        if (model == null || pool == null) {
            return rejected(
                    Reason.MODEL_UNKNOWN,
                    "The model `" + body.model() + "` does not exist on this route.");
        }
        var worst = WorstCase.of(request.dialect(), request.path(), body, model.figures());
        var free = new Priced(body, model, pool, worst, Credits.ZERO, null, 0);
        return isFree(request.dialect()) ? free : charged(request, policy, caller, free);
    }

    private Answer charged(HttpRequest request, PolicySnapshot policy, Caller caller, Priced free) {
        var name = free.model().name();
        var book = policy.prices().inForce(clock.millis());
        var price = book == null ? null : book.priceOf(name);
        if (book == null || price == null || lacksFlatPrice(request, price)) {
            return rejected(
                    Reason.MODEL_NOT_PRICED,
                    "The model `" + name + "` has no price for this kind of request.");
        }
        try {
            var worst = free.worst();
            var factor = caller.tenant().priceFactor();
            var cost = Rating.worstCase(worst.inputTokens(), worst.outputTokens(), price, factor);
            return free.at(cost, price, book.version());
        } catch (ArithmeticException e) {
            return new Rejected(TOO_MUCH);
        }
    }

    /** Counting tokens costs nothing and counts as a request. */
    static boolean isFree(Dialect dialect) {
        return dialect == Dialect.ANTHROPIC_COUNT;
    }

    private static boolean lacksFlatPrice(HttpRequest request, ModelPrice price) {
        return WorstCase.needsPricePerRequest(request.dialect(), request.path())
                && !price.pricedPerRequest();
    }

    private static Rejected rejected(Reason reason, String words) {
        return new Rejected(Denial.ofParam(reason, words, "model"));
    }
}
