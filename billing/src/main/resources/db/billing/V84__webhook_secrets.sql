-- Writer of every table in this file: billing (io.apihub.billing.notice).

-- The secret before this one, sealed, which signs too until then: receivers change when they like.
ALTER TABLE billing.webhook ADD COLUMN old_secret bytea;
ALTER TABLE billing.webhook ADD COLUMN old_secret_until timestamptz;
ALTER TABLE billing.webhook ADD CHECK ((old_secret IS NULL) = (old_secret_until IS NULL));
GRANT UPDATE (secret, old_secret, old_secret_until) ON billing.webhook TO apihub_billing;
