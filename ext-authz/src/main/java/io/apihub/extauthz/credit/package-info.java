/**
 * Money set aside for requests: leases on accounts, holds taken from them, and what becomes of
 * both.
 */
@NullMarked
package io.apihub.extauthz.credit;

import org.jspecify.annotations.NullMarked;
