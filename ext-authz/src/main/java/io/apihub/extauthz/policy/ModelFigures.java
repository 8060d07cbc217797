package io.apihub.extauthz.policy;

/**
 * The facts that a worst case rests on: the worst of all upstreams behind the model. Tokens, unless
 * said otherwise.
 *
 * @param tokensPerMillionBytes of text
 * @param enforcesMaxTokens whether the upstream really stops at the request's maximum
 */
public record ModelFigures(
        long contextTokens,
        long maxOutputTokens,
        long tokensPerMillionBytes,
        long imageTokens,
        long fileTokens,
        long inputOverheadTokens,
        boolean enforcesMaxTokens) {}
