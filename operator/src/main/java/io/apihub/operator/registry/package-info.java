/**
 * The registry: what the resources say, as rows in Postgres. Every write takes its revision from
 * one locked row, is fenced by the leader's term, and writes nothing when nothing changed.
 */
@NullMarked
package io.apihub.operator.registry;

import org.jspecify.annotations.NullMarked;
