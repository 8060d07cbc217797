@NullMarked
package io.apihub.operator.limit;

import org.jspecify.annotations.NullMarked;
