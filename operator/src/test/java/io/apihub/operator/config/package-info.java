@NullMarked
package io.apihub.operator.config;

import org.jspecify.annotations.NullMarked;
