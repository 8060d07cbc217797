/** Quotas: selectors resolved to keys, and their rows and conditions. */
@NullMarked
package io.apihub.operator.quota;

import org.jspecify.annotations.NullMarked;
