package io.apihub.billing.member;

/** What became of an invitation. */
enum InvitationState {
    OPEN,
    ACCEPTED,
    REVOKED,
    EXPIRED
}
