/** Leases: the right of gateways to spend. */
@NullMarked
package io.apihub.billing.budget;

import org.jspecify.annotations.NullMarked;
