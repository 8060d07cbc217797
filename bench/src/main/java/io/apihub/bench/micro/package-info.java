/** Parts of a decision, one by one, for JMH. */
@NullMarked
package io.apihub.bench.micro;

import org.jspecify.annotations.NullMarked;
