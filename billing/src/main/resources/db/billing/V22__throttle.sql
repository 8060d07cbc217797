-- Writer of every table in this file: billing (io.apihub.billing.identity).

-- Tries that are counted: of an account, of an address, or of both. The subject is hashed, so that addresses of people who only
-- mistyped do not stay here in clear.
CREATE TABLE billing.throttle (
    subject_sha256 bytea PRIMARY KEY,
    tries          int NOT NULL,
    window_start   timestamptz NOT NULL,
    window_end     timestamptz NOT NULL
);
CREATE INDEX throttle_end ON billing.throttle (window_end);

GRANT SELECT, INSERT, UPDATE, DELETE ON billing.throttle TO apihub_billing;
