/** Plans and subscriptions as REST. */
@NullMarked
package io.apihub.billing.plan.rest;

import org.jspecify.annotations.NullMarked;
