/** The decision: may this request go, where to, and what is set aside for it. */
@NullMarked
package io.apihub.extauthz.check;

import org.jspecify.annotations.NullMarked;
