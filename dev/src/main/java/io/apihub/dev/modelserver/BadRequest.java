package io.apihub.dev.modelserver;

/** The request can't be served; the message is for the client and becomes a 400. */
final class BadRequest extends RuntimeException {

    BadRequest(String message) {
        super(message);
    }
}
