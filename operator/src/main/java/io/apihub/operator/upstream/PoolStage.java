package io.apihub.operator.upstream;

import io.apihub.operator.upstream.GatewayAcks.Rejection;
import io.apihub.operator.xds.Pool;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The life of one pool: staged (Envoy gets it), serving (models may name it), draining (no model
 * names it), gone.
 */
final class PoolStage {

    private Pool pool;
    private Instant since;
    private long number;
    private boolean serving;
    private @Nullable Pool good;
    private @Nullable String rejected;
    private @Nullable Instant drainingSince;

    PoolStage(Pool pool, Instant now) {
        this.pool = pool;
        this.since = now;
    }

    /** The pool is wanted as this. Another content is another chance for what was refused. */
    void want(Pool wanted, Instant now) {
        drainingSince = null;
        if (!wanted.equals(pool)) {
            pool = wanted;
            since = now;
            number = 0;
            rejected = null;
        }
    }

    /** What Envoy is to have; empty while it refuses this content and never took another. */
    Optional<Pool> offered() {
        return rejected == null ? Optional.of(pool) : Optional.ofNullable(good);
    }

    /** The content went out under that number, now or before. */
    void published(long publication) {
        if (number == 0) {
            number = publication;
        }
    }

    long number() {
        return number;
    }

    void reject(Rejection rejection) {
        rejected = rejection.words();
    }

    Optional<String> rejected() {
        return Optional.ofNullable(rejected);
    }

    void acked() {
        good = pool;
        serving = true;
    }

    /** Nobody waits for a silent gateway for ever. */
    void waited(Instant now, Duration patience) {
        if (number > 0 && rejected == null && !now.isBefore(since.plus(patience))) {
            serving = true;
        }
    }

    boolean serving() {
        return serving;
    }

    /** No model names it. */
    void drain(Instant now) {
        if (drainingSince == null) {
            drainingSince = now;
        }
    }

    boolean drained(Instant now, Duration drain) {
        return drainingSince != null && !now.isBefore(drainingSince.plus(drain));
    }
}
