/** Measurements: CPU per decision and per request, heap per key, all as ratios within one run. */
@NullMarked
package io.apihub.bench;

import org.jspecify.annotations.NullMarked;
