@NullMarked
package io.apihub.extauthz.refusal;

import org.jspecify.annotations.NullMarked;
