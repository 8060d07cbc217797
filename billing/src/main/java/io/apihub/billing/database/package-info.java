/** The way to Postgres: pool, migration, waiting for it, what it says of itself. */
@NullMarked
package io.apihub.billing.database;

import org.jspecify.annotations.NullMarked;
