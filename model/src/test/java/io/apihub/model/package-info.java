/** Rules that hold for the whole model. */
@NullMarked
package io.apihub.model;

import org.jspecify.annotations.NullMarked;
