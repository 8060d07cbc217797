/** The keys of all tenants in memory: found by public id, compared by digest in constant time. */
@NullMarked
package io.apihub.extauthz.key;

import org.jspecify.annotations.NullMarked;
