/**
 * Conditions: what they say, when they change, and the one limited way in which they are written.
 */
@NullMarked
package io.apihub.operator.status;

import org.jspecify.annotations.NullMarked;
