/** Tenants: their rows, namespaces and conditions. */
@NullMarked
package io.apihub.operator.tenant;

import org.jspecify.annotations.NullMarked;
