@NullMarked
package io.apihub.extauthz.error;

import org.jspecify.annotations.NullMarked;
