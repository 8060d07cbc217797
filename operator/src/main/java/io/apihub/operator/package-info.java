/** The operator: custom resources in, registry rows, envoy configuration and conditions out. */
@NullMarked
package io.apihub.operator;

import org.jspecify.annotations.NullMarked;
