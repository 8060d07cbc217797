package io.apihub.extauthz.refusal;

import com.google.protobuf.ByteString;

/**
 * What refusals are summed by. Only requests of a known key are counted.
 *
 * @param tenant 16 bytes
 * @param model empty if none was known yet, or none that exists
 * @param reason as {@code x-apihub-reason} says it
 * @param limit as {@code x-apihub-limit} says it; empty if no limit refused
 */
public record Refused(
        ByteString tenant,
        long keyUidHigh,
        long keyUidLow,
        long keyId,
        String model,
        String dialect,
        String reason,
        String limit) {}
