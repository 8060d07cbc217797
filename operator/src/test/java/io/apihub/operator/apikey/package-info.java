@NullMarked
package io.apihub.operator.apikey;

import org.jspecify.annotations.NullMarked;
