package io.apihub.extauthz.usage;

import io.apihub.usage.v1.ReportRequest;
import io.apihub.usage.v1.ReportResponse;

/** The way to billing's usage service. */
public interface UsageTransport {

    /** What billing says on one stream; told in order, and never from within a call to it. */
    interface Answers {

        void answered(ReportResponse response);

        /** The last word: nothing more comes, and what is sent goes nowhere. */
        void ended(Throwable cause);
    }

    /** One stream. Never blocks. */
    interface Call {

        void send(ReportRequest request);

        /** Breaks it off; {@link Answers#ended} follows. */
        void cancel(String why);

        /** Nothing more will be sent. */
        void complete();
    }

    /** Begins a stream; if billing is away, {@link Answers#ended} says so. */
    Call open(Answers answers);
}
