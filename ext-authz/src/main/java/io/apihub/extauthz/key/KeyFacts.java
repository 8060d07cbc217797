package io.apihub.extauthz.key;

import org.jspecify.annotations.Nullable;

/** The key that a credential belongs to: its digest matched. Fields as in {@link KeyRow}. */
public record KeyFacts(
        long keyId,
        long uidHigh,
        long uidLow,
        int tenant,
        boolean disabled,
        long expiresAtMillis,
        @Nullable RareFacts rare) {}
