/** From Envoy's access log to billing: every request that was let through ends as one record. */
@NullMarked
package io.apihub.extauthz.usage;

import org.jspecify.annotations.NullMarked;
