/**
 * The policy feed: what gateways must know to decide, from the registry to each of them. Every
 * replica serves it, leader or not. One reader follows the registry for all gateways.
 */
@NullMarked
package io.apihub.operator.feed;

import org.jspecify.annotations.NullMarked;
