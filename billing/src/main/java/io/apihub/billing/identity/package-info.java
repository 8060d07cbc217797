/** Who an administrator is. */
@NullMarked
package io.apihub.billing.identity;

import org.jspecify.annotations.NullMarked;
