/** Exact money. */
@NullMarked
package io.apihub.model.money;

import org.jspecify.annotations.NullMarked;
