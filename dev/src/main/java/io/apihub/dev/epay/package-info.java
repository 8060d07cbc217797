/** A payment platform that speaks EPay like the real ones do, with their traps as switches. */
@NullMarked
package io.apihub.dev.epay;

import org.jspecify.annotations.NullMarked;
