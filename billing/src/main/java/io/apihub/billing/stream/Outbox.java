package io.apihub.billing.stream;

/**
 * The way back on one stream.
 *
 * @param <T> what is sent
 */
public interface Outbox<T> {

    /** Sends; nothing happens after the end. */
    void send(T message);

    /** Ends the stream; the gateway comes again and repeats what was not answered. */
    void fail(Failure failure, String why);

    /** Ends the stream after all was said. */
    void complete();

    /** Why a stream ends. */
    enum Failure {
        /** The message can't be read; a repeat can't either. */
        INVALID,
        /** Hello is missing. */
        NO_HELLO,
        /** Too much is waiting. */
        BUSY,
        /** The store failed. */
        UNAVAILABLE
    }
}
