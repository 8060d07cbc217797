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
        CREDENTIAL_MISSING("CredentialMissing"),
        CA_MISSING("CertificateAuthorityMissing"),
        ADDRESS_NOT_ALLOWED("AddressNotAllowed"),
        MODEL_NAME_CONFLICT("ModelNameConflict"),
        POOL_CONFLICT("PoolConflict"),
        INVALID("Invalid");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }
}
