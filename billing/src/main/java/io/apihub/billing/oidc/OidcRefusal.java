package io.apihub.billing.oidc;

/** Why somebody was not let in. The browser is told the reason; the log has the rest. */
final class OidcRefusal extends Exception {

    private static final long serialVersionUID = 1;

    private final Reason reason;

    OidcRefusal(Reason reason, String detail) {
        super(detail);
        this.reason = reason;
    }

    OidcRefusal(Reason reason, String detail, Throwable cause) {
        super(detail, cause);
        this.reason = reason;
    }

    /** What the browser is told. */
    enum Reason {
        /** Begun too long ago, in another browser, or not here. */
        EXPIRED,
        /** The provider itself said no. */
        REFUSED,
        /** The provider does not answer, or not as it should. */
        PROVIDER,
        EMAIL_NOT_VERIFIED,
        DOMAIN_NOT_ALLOWED,
        /** There is an account with this address, whose address was never proven here. */
        ACCOUNT_NOT_VERIFIED,
        NO_ACCOUNT,
        DISABLED
    }

    Reason reason() {
        return reason;
    }
}
