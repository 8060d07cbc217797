/** Child processes that are watched, restarted, and never outlive us. */
@NullMarked
package io.apihub.dev.process;

import org.jspecify.annotations.NullMarked;
