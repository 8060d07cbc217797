/** Money in: orders, what platforms tell of their payment, credit for it once, and money back. */
@NullMarked
package io.apihub.billing.payment;

import org.jspecify.annotations.NullMarked;
