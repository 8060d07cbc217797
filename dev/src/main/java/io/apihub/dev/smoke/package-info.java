/** The main job, run once against a whole stack. */
@NullMarked
package io.apihub.dev.smoke;

import org.jspecify.annotations.NullMarked;
