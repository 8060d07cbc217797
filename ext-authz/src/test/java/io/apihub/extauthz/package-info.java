@NullMarked
package io.apihub.extauthz;

import org.jspecify.annotations.NullMarked;
