/** The environment variables that configure the operator. */
@NullMarked
package io.apihub.operator.config;

import org.jspecify.annotations.NullMarked;
