/** Limits that this gateway enforces by itself: requests a minute, and requests at once. */
@NullMarked
package io.apihub.extauthz.quota;

import org.jspecify.annotations.NullMarked;
