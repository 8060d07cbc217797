/** Logging in at an OpenID provider that the operators chose. */
@NullMarked
package io.apihub.billing.oidc;

import org.jspecify.annotations.NullMarked;
