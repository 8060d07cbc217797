/** API keys: their format, their public ids, their digests. */
@NullMarked
package io.apihub.model.key;

import org.jspecify.annotations.NullMarked;
