/** How many requests users and addresses may make. */
@NullMarked
package io.apihub.billing.rate;

import org.jspecify.annotations.NullMarked;
