@NullMarked
package io.apihub.dev.modelserver;

import org.jspecify.annotations.NullMarked;
