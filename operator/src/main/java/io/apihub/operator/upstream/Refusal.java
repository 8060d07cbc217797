package io.apihub.operator.upstream;

/**
 * Why an Upstream takes no part.
 *
 * @param reason the condition's reason
 * @param message what to do about it
 */
public record Refusal(Reason reason, String message) {

    /** For programs; the text is what the condition says. */
    public enum Reason {
        CREDENTIAL_MISSING("CredentialMissing", false),
        CA_MISSING("CertificateAuthorityMissing", false),
        ADDRESS_NOT_ALLOWED("AddressNotAllowed", true),
        MODEL_NAME_CONFLICT("ModelNameConflict", true),
        POOL_CONFLICT("PoolConflict", true),
        INVALID("Invalid", true);

        private final String text;
        private final boolean stalls;

        Reason(String text, boolean stalls) {
            this.text = text;
            this.stalls = stalls;
        }

        public String text() {
            return text;
        }

        /** Whether only a change of an Upstream helps; else a Secret may yet arrive. */
        public boolean stalls() {
            return stalls;
        }
    }
}
