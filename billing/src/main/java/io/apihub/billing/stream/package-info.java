/** Streams as the services see them: no word of gRPC. */
@NullMarked
package io.apihub.billing.stream;

import org.jspecify.annotations.NullMarked;
