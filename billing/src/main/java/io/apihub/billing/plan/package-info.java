/**
 * Plans: what administrators offer by the period, who has which, and what of it the Tenant resource
 * shall say.
 */
@NullMarked
package io.apihub.billing.plan;

import org.jspecify.annotations.NullMarked;
