/** Directory trees. */
@NullMarked
package io.apihub.dev.file;

import org.jspecify.annotations.NullMarked;
