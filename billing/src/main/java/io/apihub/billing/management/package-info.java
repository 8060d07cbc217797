/** Health and metrics, on a port of their own. */
@NullMarked
package io.apihub.billing.management;

import org.jspecify.annotations.NullMarked;
