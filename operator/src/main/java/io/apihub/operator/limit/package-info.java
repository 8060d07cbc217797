/** Limits of Tenants and Quotas, and which of them gateways enforce. */
@NullMarked
package io.apihub.operator.limit;

import org.jspecify.annotations.NullMarked;
