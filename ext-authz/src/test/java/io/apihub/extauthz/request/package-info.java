@NullMarked
package io.apihub.extauthz.request;

import org.jspecify.annotations.NullMarked;
