/** The EPay protocol, version 1 (MD5) and 2 (RSA): the only place that knows its words. */
@NullMarked
package io.apihub.billing.payment.epay;

import org.jspecify.annotations.NullMarked;
