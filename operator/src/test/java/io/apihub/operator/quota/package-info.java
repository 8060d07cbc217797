@NullMarked
package io.apihub.operator.quota;

import org.jspecify.annotations.NullMarked;
