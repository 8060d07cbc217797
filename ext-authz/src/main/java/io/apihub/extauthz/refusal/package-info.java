/** What was refused, summed by minute and sent to billing for statistics. */
@NullMarked
package io.apihub.extauthz.refusal;

import org.jspecify.annotations.NullMarked;
