@NullMarked
package io.apihub.operator.status;

import org.jspecify.annotations.NullMarked;
