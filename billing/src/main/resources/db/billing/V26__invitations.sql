-- Writer of every table in this file: billing (io.apihub.billing.member).

-- Who holds the token may become a member, once. Of the token only a digest is here.
CREATE TABLE billing.invitation (
    invitation_id uuid PRIMARY KEY,
    tenant_id     uuid NOT NULL,
    role          text NOT NULL CHECK (role IN ('VIEWER', 'DEVELOPER', 'OWNER')),
    token_sha256  bytea NOT NULL UNIQUE CHECK (length(token_sha256) = 32),
    -- Only the user with this address may accept; null: whoever has the link.
    email         text CHECK (length(email) BETWEEN 3 AND 254),
    created_by    text NOT NULL,
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    accepted_at   timestamptz,
    accepted_by   uuid,
    revoked_at    timestamptz,
    version       bigint NOT NULL,
    CONSTRAINT invitation_accepted_by_somebody CHECK ((accepted_at IS NULL) = (accepted_by IS NULL)),
    CONSTRAINT invitation_ends_once CHECK (accepted_at IS NULL OR revoked_at IS NULL)
);
CREATE INDEX invitation_tenant ON billing.invitation (tenant_id, created_at DESC);

GRANT SELECT, INSERT, UPDATE (accepted_at, accepted_by, revoked_at, version) ON billing.invitation TO apihub_billing;
