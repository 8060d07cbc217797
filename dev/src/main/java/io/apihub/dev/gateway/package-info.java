/** Envoy's bootstrap file. */
@NullMarked
package io.apihub.dev.gateway;

import org.jspecify.annotations.NullMarked;
