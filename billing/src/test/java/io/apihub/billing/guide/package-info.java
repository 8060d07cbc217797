/** What docs/ say that one may type. */
@NullMarked
package io.apihub.billing.guide;

import org.jspecify.annotations.NullMarked;
