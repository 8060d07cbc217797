package io.apihub.billing.plan;

/** What became of a wish. */
public sealed interface Outcome {

    /** It is done, or will be with the transaction. */
    record Done(Subscription subscription, Offer.Yes offer) implements Outcome {}

    /** It can't be; nothing was changed. */
    record No(String slug, String detail) implements Outcome {}
}
