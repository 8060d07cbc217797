/** Calls of the API that nobody thought of. */
@NullMarked
package io.apihub.billing.fuzz;

import org.jspecify.annotations.NullMarked;
