@NullMarked
package io.apihub.extauthz.journal;

import org.jspecify.annotations.NullMarked;
