/** The authorizer beside Envoy: decides, meters, holds credit. */
@NullMarked
package io.apihub.extauthz;

import org.jspecify.annotations.NullMarked;
