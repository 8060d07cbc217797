package io.apihub.extauthz.journal;

import java.util.Map;

/**
 * What earlier incarnations, all of whose holds are known, still have open by lease: holds, and
 * settlements that billing may not have.
 *
 * @param timeline of billing's database, that all acknowledgements are about
 */
public record Found(long timeline, Map<Incarnation, Map<Long, Long>> open) {}
