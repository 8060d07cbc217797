-- Writer of every table in this file: billing (io.apihub.billing.identity).

-- What a user's phone makes codes from.
CREATE TABLE billing.second_factor (
    user_id       uuid PRIMARY KEY REFERENCES billing.app_user ON DELETE CASCADE,
    -- Sealed: codes are made from it here too.
    secret        bytea NOT NULL,
    created_at    timestamptz NOT NULL,
    -- Null: no code has been shown yet, and none is asked for.
    confirmed_at  timestamptz,
    -- Of the last code that was taken: it and those before it are not taken again.
    last_step     bigint NOT NULL DEFAULT 0
);

-- For who lost the phone, each good once. Of the codes only digests are here.
CREATE TABLE billing.recovery_code (
    user_id     uuid NOT NULL REFERENCES billing.second_factor ON DELETE CASCADE,
    code_sha256 bytea NOT NULL CHECK (length(code_sha256) = 32),
    PRIMARY KEY (user_id, code_sha256)
);

GRANT SELECT, INSERT, DELETE ON billing.second_factor, billing.recovery_code TO apihub_billing;
GRANT UPDATE (secret, created_at, confirmed_at, last_step) ON billing.second_factor TO apihub_billing;
