@NullMarked
package io.apihub.extauthz.quota;

import org.jspecify.annotations.NullMarked;
