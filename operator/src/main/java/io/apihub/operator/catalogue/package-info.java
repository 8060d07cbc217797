/** Small shared views of resources, so that kinds that look at one another share one cache. */
@NullMarked
package io.apihub.operator.catalogue;

import org.jspecify.annotations.NullMarked;
