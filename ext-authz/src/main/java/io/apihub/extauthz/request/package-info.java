/** What a request asks for, read from its body without a tree and without a copy. */
@NullMarked
package io.apihub.extauthz.request;

import org.jspecify.annotations.NullMarked;
