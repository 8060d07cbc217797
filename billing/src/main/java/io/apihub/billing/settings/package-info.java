/** The environment, read once. */
@NullMarked
package io.apihub.billing.settings;

import org.jspecify.annotations.NullMarked;
