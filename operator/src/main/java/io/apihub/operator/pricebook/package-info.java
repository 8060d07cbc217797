/** PriceBooks: accepted once, for good. */
@NullMarked
package io.apihub.operator.pricebook;

import org.jspecify.annotations.NullMarked;
