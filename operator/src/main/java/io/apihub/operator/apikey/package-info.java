/** ApiKeys: digests, generated Secrets, expiry, and their rows and conditions. */
@NullMarked
package io.apihub.operator.apikey;

import org.jspecify.annotations.NullMarked;
