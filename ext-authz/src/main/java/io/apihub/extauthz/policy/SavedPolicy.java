package io.apihub.extauthz.policy;

/**
 * Which policy an earlier process had.
 *
 * @param term the leader's when it was sent
 * @param ageMillis since it was certainly up to date; negative if nobody knows
 */
public record SavedPolicy(String epoch, long revision, long term, long ageMillis) {}
