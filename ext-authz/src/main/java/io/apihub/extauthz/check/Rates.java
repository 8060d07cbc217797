package io.apihub.extauthz.check;

import io.apihub.extauthz.quota.Applying.Rate;
import org.jspecify.annotations.Nullable;

/** How the tightest limits of a minute stand; null where there is none. */
record Rates(@Nullable Rate requests, @Nullable Rate tokens) {

    static final Rates NONE = new Rates(null, null);
}
