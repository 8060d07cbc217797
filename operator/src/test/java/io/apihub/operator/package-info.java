@NullMarked
package io.apihub.operator;

import org.jspecify.annotations.NullMarked;
