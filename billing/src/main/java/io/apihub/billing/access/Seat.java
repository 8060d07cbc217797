package io.apihub.billing.access;

import java.util.UUID;

/** A caller who goes on seeing a tenant: the reader of a stream. */
public record Seat(Caller caller, UUID tenant) {}
