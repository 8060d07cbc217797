@NullMarked
package io.apihub.extauthz.channel;

import org.jspecify.annotations.NullMarked;
