package io.apihub.extauthz.channel;

import io.grpc.Status;

/** A call that waits for its answer. What comes after its end has no effect. */
public interface UnaryCall {

    /**
     * Answers. For any thread.
     *
     * @param message nobody may change it any more
     */
    void answer(byte[] message);

    /** Ends it without an answer. For any thread. */
    void fail(Status.Code code);

    /**
     * Has something run, on the event loop, if the caller gives up before all of the answer is
     * sent. To be called by the method before it returns.
     */
    void onCancel(Runnable action);
}
