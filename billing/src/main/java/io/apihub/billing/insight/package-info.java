/** What people see of usage: records, sums, times, errors, exports, events, and what would be. */
@NullMarked
package io.apihub.billing.insight;

import org.jspecify.annotations.NullMarked;
