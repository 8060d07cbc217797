@NullMarked
package io.apihub.extauthz.usage;

import org.jspecify.annotations.NullMarked;
