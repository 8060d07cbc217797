/** What the tests share. */
@NullMarked
package io.apihub.billing.testing;

import org.jspecify.annotations.NullMarked;
