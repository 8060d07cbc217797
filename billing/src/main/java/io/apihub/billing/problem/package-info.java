/** How REST says no: RFC 9457 Problem Details. */
@NullMarked
package io.apihub.billing.problem;

import org.jspecify.annotations.NullMarked;
