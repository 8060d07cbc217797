package io.apihub.billing.identity;

/** What a token that was handed to a user is good for. */
enum Purpose {
    VERIFY_EMAIL,
    RESET_PASSWORD,
    /** The password was right; the code is to follow. */
    SECOND_FACTOR
}
