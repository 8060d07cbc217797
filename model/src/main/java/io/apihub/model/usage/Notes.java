package io.apihub.model.usage;

/** What records of requests say in words, where a program reads it too. */
public final class Notes {

    /** The upstream refused the platform's credential: neither client nor tenant can mend that. */
    public static final String CREDENTIAL_REFUSED = "the upstream refused our credential";

    private Notes() {}
}
