package io.apihub.extauthz.quota;

/** The uid of a key's resource: what counts apart, whatever the key is called. */
public record KeyUid(long high, long low) {}
