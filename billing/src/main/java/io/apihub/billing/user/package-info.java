/** People: users, their passwords, and which tenants they are members of. */
@NullMarked
package io.apihub.billing.user;

import org.jspecify.annotations.NullMarked;
