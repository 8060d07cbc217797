@NullMarked
package io.apihub.operator.feed;

import org.jspecify.annotations.NullMarked;
