/**
 * Envoy's configuration, from a {@link io.apihub.operator.xds.Topology} to what a gateway has
 * acknowledged. The only package that knows Envoy's types; templates in the resources of the same
 * name say what is served. Topology only: never keys, tenants or quotas.
 */
@NullMarked
package io.apihub.operator.xds;

import org.jspecify.annotations.NullMarked;
