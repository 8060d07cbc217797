/** Credit that is taken back: by an administrator, or because it expires. */
@NullMarked
package io.apihub.billing.credit;

import org.jspecify.annotations.NullMarked;
