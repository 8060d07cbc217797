/** Questions to servers that are not ours. */
@NullMarked
package io.apihub.billing.outbound;

import org.jspecify.annotations.NullMarked;
