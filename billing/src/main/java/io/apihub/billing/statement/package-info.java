/** A tenant's month: what it had, what came, what went, what is left; as JSON, CSV and a page. */
@NullMarked
package io.apihub.billing.statement;

import org.jspecify.annotations.NullMarked;
