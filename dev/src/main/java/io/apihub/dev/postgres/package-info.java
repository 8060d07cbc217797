/** A local Postgres 18. */
@NullMarked
package io.apihub.dev.postgres;

import org.jspecify.annotations.NullMarked;
