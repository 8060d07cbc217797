/** Streams of server-sent events: bounded, with heartbeats, and ended when nobody reads them. */
@NullMarked
package io.apihub.billing.events;

import org.jspecify.annotations.NullMarked;
