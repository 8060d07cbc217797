@NullMarked
package io.apihub.extauthz.policy;

import org.jspecify.annotations.NullMarked;
