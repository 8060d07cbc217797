/** Payments as REST, and the address that platforms tell us of payments at. */
@NullMarked
package io.apihub.billing.payment.rest;

import org.jspecify.annotations.NullMarked;
