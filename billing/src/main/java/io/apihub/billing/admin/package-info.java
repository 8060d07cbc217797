/** REST for administrators. */
@NullMarked
package io.apihub.billing.admin;

import org.jspecify.annotations.NullMarked;
