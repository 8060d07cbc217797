/** The right to write generated keys, granted for each namespace. */
@NullMarked
package io.apihub.operator.keywriter;

import org.jspecify.annotations.NullMarked;
