/** Becoming a user: the user, a tenant of their own and its account, or none of it. */
@NullMarked
package io.apihub.billing.registration;

import org.jspecify.annotations.NullMarked;
