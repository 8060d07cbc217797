/** The one place where gRPC channels to other services and servers on unix sockets are made. */
@NullMarked
package io.apihub.extauthz.channel;

import org.jspecify.annotations.NullMarked;
