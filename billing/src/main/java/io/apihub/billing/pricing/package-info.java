/** Price books, as the operator accepted them. */
@NullMarked
package io.apihub.billing.pricing;

import org.jspecify.annotations.NullMarked;
