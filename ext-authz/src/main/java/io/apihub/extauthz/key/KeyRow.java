package io.apihub.extauthz.key;

import org.jspecify.annotations.Nullable;

/**
 * One key as the policy feed describes it.
 *
 * @param keyId the public id's number
 * @param uidHigh the first eight bytes of the resource's uid
 * @param uidLow the last eight bytes
 * @param tenant the tenant's ordinal in this process
 * @param digest the current digest
 * @param disabled whether the owner switched it off
 * @param expiresAtMillis milliseconds since 1970; 0 = never
 * @param rare what most keys do not have
 * @param name the resource's name, by which limits know the key
 */
public record KeyRow(
        long keyId,
        long uidHigh,
        long uidLow,
        int tenant,
        DigestWords digest,
        boolean disabled,
        long expiresAtMillis,
        @Nullable RareFacts rare,
        String name) {}
