package io.apihub.operator.catalogue;

/** What ApiKeys refer to. */
public record Neighbours(TenantCatalogue tenants, ModelCatalogue models) {}
