/** What one request used, and the names both ends of the metering path share. */
@NullMarked
package io.apihub.model.usage;

import org.jspecify.annotations.NullMarked;
