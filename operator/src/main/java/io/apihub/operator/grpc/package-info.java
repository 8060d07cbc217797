/** The one place where gRPC servers are made, so that certificates come in at one place. */
@NullMarked
package io.apihub.operator.grpc;

import org.jspecify.annotations.NullMarked;
