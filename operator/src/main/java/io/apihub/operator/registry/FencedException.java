package io.apihub.operator.registry;

/** Another leader, with a higher term, has written. */
public final class FencedException extends RuntimeException {

    public FencedException(long own, long seen) {
        super("term " + own + " is over: the registry was written in term " + seen);
    }
}
