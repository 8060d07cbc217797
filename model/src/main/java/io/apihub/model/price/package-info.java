/** Prices, and rating: usage times price gives money. */
@NullMarked
package io.apihub.model.price;

import org.jspecify.annotations.NullMarked;
