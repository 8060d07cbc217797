/** What this gateway knows of tenants, keys, limits, models and prices, and how fresh it is. */
@NullMarked
package io.apihub.extauthz.policy;

import org.jspecify.annotations.NullMarked;
