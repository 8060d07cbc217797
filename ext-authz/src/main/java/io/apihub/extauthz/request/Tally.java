package io.apihub.extauthz.request;

/** What a scan has counted so far. For one thread, one body. */
final class Tally {

    boolean unseenState;
    long mediaBytes;
    long images;
    long files;
    long prompts = 1;
    long tokenIds;

    void media(Media.Kind kind, long bytes) {
        mediaBytes += bytes;
        reference(kind);
    }

    /** An image or file whose bytes count as text, or stand elsewhere. */
    void reference(Media.Kind kind) {
        if (kind == Media.Kind.IMAGE) {
            images++;
        } else {
            files++;
        }
    }
}
