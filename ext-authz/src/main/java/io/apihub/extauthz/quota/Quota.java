package io.apihub.extauthz.quota;

import java.util.List;

/**
 * Limits with one target.
 *
 * @param perKey one counter for each key, instead of one for all
 */
public record Quota(KeySet keys, boolean perKey, List<Limit> limits) {

    public Quota {
        limits = List.copyOf(limits);
    }
}
