-- Writer of every table in this file: billing (io.apihub.billing.token).

-- What programs prove themselves with. Of the secret only a digest is here.
CREATE TABLE billing.credential (
    credential_id uuid PRIMARY KEY,
    kind          text NOT NULL CHECK (kind IN ('PERSONAL', 'CLIENT')),
    public_id     text NOT NULL UNIQUE CHECK (public_id ~ '^[0-9A-Za-z]{16}$'),
    secret_sha256 bytea NOT NULL CHECK (length(secret_sha256) = 32),
    name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    user_id       uuid REFERENCES billing.app_user ON DELETE CASCADE,
    tenant_id     uuid,
    role          text CHECK (role IN ('VIEWER', 'DEVELOPER', 'OWNER')),
    -- As OAuth writes scopes: by spaces.
    scope         text NOT NULL CHECK (scope ~ '^(read|write|admin)( (read|write|admin))*$'),
    created_by    text NOT NULL,
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz,
    -- At most a minute old.
    last_used_at  timestamptz,
    revoked_at    timestamptz,
    revoked_by    text,
    version       bigint NOT NULL,
    CONSTRAINT credential_has_one_owner CHECK (
        CASE kind WHEN 'PERSONAL' THEN user_id IS NOT NULL AND tenant_id IS NULL AND role IS NULL AND expires_at IS NOT NULL
                  ELSE user_id IS NULL AND tenant_id IS NOT NULL AND role IS NOT NULL AND scope !~ 'admin' END),
    CONSTRAINT credential_revoked_by_somebody CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE INDEX credential_user ON billing.credential (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX credential_tenant ON billing.credential (tenant_id) WHERE tenant_id IS NOT NULL;

GRANT SELECT, INSERT, UPDATE (last_used_at, revoked_at, revoked_by, version) ON billing.credential TO apihub_billing;
