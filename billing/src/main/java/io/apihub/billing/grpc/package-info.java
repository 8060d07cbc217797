/** The server that the gateways call. */
@NullMarked
package io.apihub.billing.grpc;

import org.jspecify.annotations.NullMarked;
