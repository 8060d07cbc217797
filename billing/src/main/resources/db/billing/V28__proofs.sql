-- Writer of billing.user_token: billing (io.apihub.billing.identity); of billing.registration: io.apihub.billing.registration;
-- of billing.invitation: io.apihub.billing.member.

-- What was handed to a user to be shown once: by mail, or between two steps of a log-in. Of the token only a digest is here.
CREATE TABLE billing.user_token (
    token_sha256 bytea PRIMARY KEY CHECK (length(token_sha256) = 32),
    user_id      uuid NOT NULL REFERENCES billing.app_user ON DELETE CASCADE,
    purpose      text NOT NULL CHECK (purpose IN ('VERIFY_EMAIL', 'RESET_PASSWORD', 'SECOND_FACTOR')),
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL
);
CREATE INDEX user_token_user ON billing.user_token (user_id, purpose);
CREATE INDEX user_token_expiry ON billing.user_token (expires_at);

GRANT SELECT, INSERT, DELETE ON billing.user_token TO apihub_billing;

-- VERIFYING: nothing is made before the address is proven.
ALTER TABLE billing.registration
    DROP CONSTRAINT registration_step_check,
    DROP CONSTRAINT registration_check,
    ADD CONSTRAINT registration_step_check CHECK (step IN ('VERIFYING', 'PROVISIONING', 'OPENING', 'DONE', 'NAME_TAKEN')),
    ADD CONSTRAINT registration_check CHECK (tenant_id IS NOT NULL OR step IN ('VERIFYING', 'PROVISIONING', 'NAME_TAKEN'));
CREATE INDEX registration_verifying ON billing.registration (user_id) WHERE step = 'VERIFYING';

-- Mailed: only who reads that mailbox has the token, so showing it proves the address.
ALTER TABLE billing.invitation
    ADD COLUMN mailed boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT invitation_is_mailed_to_somebody CHECK (NOT mailed OR email IS NOT NULL);
