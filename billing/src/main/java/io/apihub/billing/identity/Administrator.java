package io.apihub.billing.identity;

/** Who made a request, as the ledger names the actor. */
public record Administrator(String name) {}
