/**
 * The production classes that lease, journal, send, grant and settle, in one thread and virtual
 * time, among all faults that we know of. One seed is one run.
 */
@NullMarked
package io.apihub.e2e.simulation;

import org.jspecify.annotations.NullMarked;
