/** Mints keys without any server. */
@NullMarked
package io.apihub.dev.mint;

import org.jspecify.annotations.NullMarked;
