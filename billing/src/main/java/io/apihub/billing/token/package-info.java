/** Credentials of programs: personal access tokens, clients of tenants, and the JWTs they get. */
@NullMarked
package io.apihub.billing.token;

import org.jspecify.annotations.NullMarked;
