package io.apihub.billing.token;

/** Whose credential it is. */
enum CredentialKind {
    /** A user's: may what the user may, within its scopes. */
    PERSONAL("apihub_pat_"),
    /** A tenant's, for a program that is nobody's: has a role of its own. */
    CLIENT("apihub_cs_");

    private final String prefix;

    CredentialKind(String prefix) {
        this.prefix = prefix;
    }

    /** What every secret of this kind begins with. */
    String prefix() {
        return prefix;
    }
}
