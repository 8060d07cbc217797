/**
 * The kind Upstream: which pools the declared Upstreams make, when a pool serves, what the models
 * then are, and what status says about it.
 */
@NullMarked
package io.apihub.operator.upstream;

import org.jspecify.annotations.NullMarked;
