package io.apihub.billing.token;

/** An error of the token endpoint, by RFC 6749 5.2: clients of OAuth expect this and no problem. */
final class OAuthRefusal extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String error;

    OAuthRefusal(String error, String description) {
        super(description);
        this.error = error;
    }

    static OAuthRefusal invalidClient() {
        return new OAuthRefusal(
                "invalid_client", "No client has this id and secret, or it was revoked.");
    }

    static OAuthRefusal invalidRequest(String description) {
        return new OAuthRefusal("invalid_request", description);
    }

    String error() {
        return error;
    }
}
