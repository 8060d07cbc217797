/** Health, readiness and metrics over HTTP. */
@NullMarked
package io.apihub.operator.management;

import org.jspecify.annotations.NullMarked;
