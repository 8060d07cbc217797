/**
 * The product from outside: clients that others wrote, against real programs.
 *
 * <p>A <em>lane</em> is a way to the model server: directly, through CLIProxyAPI, or through the
 * whole gateway. A <em>contract</em> is what must hold for a client on any lane.
 */
@NullMarked
package io.apihub.e2e;

import org.jspecify.annotations.NullMarked;
