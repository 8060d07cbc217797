/** What this process tells about itself: whether it lives, whether it is ready, its metrics. */
@NullMarked
package io.apihub.extauthz.health;

import org.jspecify.annotations.NullMarked;
