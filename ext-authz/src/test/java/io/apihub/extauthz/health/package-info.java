@NullMarked
package io.apihub.extauthz.health;

import org.jspecify.annotations.NullMarked;
