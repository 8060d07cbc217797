/** The bank of APIHub: wiring. */
@NullMarked
package io.apihub.billing;

import org.jspecify.annotations.NullMarked;
