package io.apihub.extauthz.request;

/**
 * One change of a request's body, applied by Envoy.
 *
 * @param at offset in bytes of the body as it came
 * @param delete bytes to leave out from there
 * @param insert text to put there
 */
public record Edit(int at, int delete, String insert) {

    public Edit {
        if (at < 0 || delete < 0) {
            throw new IllegalArgumentException("not an edit: at " + at + ", delete " + delete);
        }
    }
}
