/** How a refusal looks to a client: the error contract, in the words of its protocol. */
@NullMarked
package io.apihub.extauthz.error;

import org.jspecify.annotations.NullMarked;
