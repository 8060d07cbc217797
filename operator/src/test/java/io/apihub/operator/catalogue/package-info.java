@NullMarked
package io.apihub.operator.catalogue;

import org.jspecify.annotations.NullMarked;
