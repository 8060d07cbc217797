/** Who writes: one replica at a time, in numbered terms. */
@NullMarked
package io.apihub.operator.leader;

import org.jspecify.annotations.NullMarked;
