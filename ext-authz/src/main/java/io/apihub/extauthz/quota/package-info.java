/** Which limits apply to a request: by its key and its model. */
@NullMarked
package io.apihub.extauthz.quota;

import org.jspecify.annotations.NullMarked;
