/** What was used: taken in, settled, posted, shown. */
@NullMarked
package io.apihub.billing.usage;

import org.jspecify.annotations.NullMarked;
