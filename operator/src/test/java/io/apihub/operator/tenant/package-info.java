@NullMarked
package io.apihub.operator.tenant;

import org.jspecify.annotations.NullMarked;
