@NullMarked
package io.apihub.extauthz.credit;

import org.jspecify.annotations.NullMarked;
