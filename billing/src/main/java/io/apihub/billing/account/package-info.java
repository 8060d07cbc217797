/** Accounts of tenants and of the platform. */
@NullMarked
package io.apihub.billing.account;

import org.jspecify.annotations.NullMarked;
