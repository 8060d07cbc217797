/** The whole product on one machine. */
@NullMarked
package io.apihub.dev.stack;

import org.jspecify.annotations.NullMarked;
