/** The local stack's command. */
@NullMarked
package io.apihub.dev;

import org.jspecify.annotations.NullMarked;
