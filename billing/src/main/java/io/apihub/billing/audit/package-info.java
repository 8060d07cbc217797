/** Who changed what: append-only, read by administrators. */
@NullMarked
package io.apihub.billing.audit;

import org.jspecify.annotations.NullMarked;
