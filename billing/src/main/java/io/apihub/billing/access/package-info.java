/** Who may call what: the one place that decides it. */
@NullMarked
package io.apihub.billing.access;

import org.jspecify.annotations.NullMarked;
