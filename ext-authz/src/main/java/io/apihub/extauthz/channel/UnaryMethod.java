package io.apihub.extauthz.channel;

/** A method of gRPC with one message each way, as bytes. */
@FunctionalInterface
public interface UnaryMethod {

    /**
     * Takes a call, on an event loop: it must not block. An exception ends the call without an
     * answer.
     *
     * @param message belongs to the method from now on
     */
    void call(byte[] message, UnaryCall call);
}
