-- Writer of every table in this file: billing (io.apihub.billing.user, identity, member).

-- A person. Money and usage never refer to one, so a user can be forgotten.
CREATE TABLE billing.app_user (
    user_id              uuid PRIMARY KEY,
    email                text NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    -- The address in lower case: the same for all spellings of it.
    email_key            text NOT NULL UNIQUE,
    display_name         text NOT NULL CHECK (length(display_name) BETWEEN 1 AND 100),
    -- Argon2id in its encoded form; null for those who only log in elsewhere.
    password_hash        text CHECK (password_hash LIKE '$argon2id$%'),
    state                text NOT NULL CHECK (state IN ('UNVERIFIED', 'ACTIVE', 'DISABLED')),
    administrator        boolean NOT NULL,
    password_must_change boolean NOT NULL,
    email_verified_at    timestamptz,
    created_at           timestamptz NOT NULL,
    version              bigint NOT NULL
);

CREATE TABLE billing.member (
    tenant_id uuid NOT NULL,
    user_id   uuid NOT NULL REFERENCES billing.app_user ON DELETE CASCADE,
    role      text NOT NULL CHECK (role IN ('VIEWER', 'DEVELOPER', 'OWNER')),
    since     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX member_user ON billing.member (user_id);

-- A browser that is logged in. What is in its cookie is not here, only its digest.
CREATE TABLE billing.session (
    session_id   uuid PRIMARY KEY,
    token_sha256 bytea NOT NULL UNIQUE CHECK (length(token_sha256) = 32),
    user_id      uuid NOT NULL REFERENCES billing.app_user ON DELETE CASCADE,
    created_at   timestamptz NOT NULL,
    -- At most a minute old.
    last_seen_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    address      text NOT NULL,
    user_agent   text NOT NULL CHECK (length(user_agent) <= 200)
);
CREATE INDEX session_of_user ON billing.session (user_id);
CREATE INDEX session_expiry ON billing.session (expires_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON billing.app_user, billing.member TO apihub_billing;
GRANT SELECT, INSERT, UPDATE (last_seen_at), DELETE ON billing.session TO apihub_billing;
