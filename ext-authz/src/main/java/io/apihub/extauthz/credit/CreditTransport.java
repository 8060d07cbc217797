package io.apihub.extauthz.credit;

import io.apihub.credit.v1.OpenRequest;
import io.apihub.credit.v1.OpenResponse;

/** Streams to billing. Within one stream messages keep their order and come at most once. */
public interface CreditTransport {

    /**
     * Opens a stream. Never blocks; failures come through {@code answers}.
     *
     * @param answers must not be called before this method has returned
     */
    Stream open(Answers answers);

    /** This side of a stream. Sending into one that has ended does nothing. */
    interface Stream {
        void send(OpenRequest message);

        /** Hangs up. */
        void complete();
    }

    /** What billing says. */
    interface Answers {
        void said(OpenResponse message);

        /** Nothing more will come. */
        void ended(Throwable cause);
    }
}
