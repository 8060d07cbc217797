package io.apihub.extauthz.check;

/**
 * A CheckResponse, ready to be sent.
 *
 * @param message its bytes; nobody changes them
 * @param allowed whether it lets the request pass
 */
@SuppressWarnings("ArrayRecordComponent") // A copy of each answer is what this type avoids.
record CheckAnswer(byte[] message, boolean allowed) {}
