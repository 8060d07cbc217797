@NullMarked
package io.apihub.operator.registry;

import org.jspecify.annotations.NullMarked;
