@NullMarked
package io.apihub.extauthz.key;

import org.jspecify.annotations.NullMarked;
