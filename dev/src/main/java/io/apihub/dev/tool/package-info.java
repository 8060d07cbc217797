/** The programs of the local stack: found on the machine, or fetched at pinned versions. */
@NullMarked
package io.apihub.dev.tool;

import org.jspecify.annotations.NullMarked;
