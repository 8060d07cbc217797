/**
 * Codes that are worth credit: made in batches by administrators, redeemed by members of tenants.
 */
@NullMarked
package io.apihub.billing.redemption;

import org.jspecify.annotations.NullMarked;
