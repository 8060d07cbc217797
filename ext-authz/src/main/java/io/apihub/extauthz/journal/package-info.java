/** The append-only file that remembers holds and settlements across crashes of this process. */
@NullMarked
package io.apihub.extauthz.journal;

import org.jspecify.annotations.NullMarked;
