package io.apihub.operator.registry;

/**
 * Where the registry stands.
 *
 * @param epoch which life of the database; revisions of different epochs don't compare
 * @param term of the leader that wrote last
 * @param revision of the last write, 0 before the first
 */
public record Head(String epoch, long term, long revision) {}
