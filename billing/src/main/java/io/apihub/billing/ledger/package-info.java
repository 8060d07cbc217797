/** Double entry, append-only. */
@NullMarked
package io.apihub.billing.ledger;

import org.jspecify.annotations.NullMarked;
