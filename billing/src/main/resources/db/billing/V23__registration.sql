-- Writer of every table in this file: billing (io.apihub.billing.registration).

-- How far somebody's registration is: written with each step, so that any process can go on after any crash.
CREATE TABLE billing.registration (
    registration_id uuid PRIMARY KEY,
    user_id         uuid NOT NULL UNIQUE REFERENCES billing.app_user ON DELETE CASCADE,
    tenant_name     text NOT NULL CHECK (length(tenant_name) BETWEEN 1 AND 63),
    display_name    text NOT NULL,
    template        text NOT NULL,
    -- As it was configured then.
    trial_micros    bigint NOT NULL CHECK (trial_micros >= 0),
    step            text NOT NULL CHECK (step IN ('PROVISIONING', 'OPENING', 'DONE', 'NAME_TAKEN')),
    tenant_id       uuid,
    tries           int NOT NULL DEFAULT 0,
    -- Until then somebody works on it, or nobody has to.
    next_try_at     timestamptz NOT NULL DEFAULT now(),
    last_error      text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    CHECK (tenant_id IS NOT NULL OR step IN ('PROVISIONING', 'NAME_TAKEN'))
);
-- Two people may not be made the same tenant.
CREATE UNIQUE INDEX registration_wants ON billing.registration (tenant_name) WHERE step = 'PROVISIONING';
CREATE INDEX registration_due ON billing.registration (next_try_at) WHERE step IN ('PROVISIONING', 'OPENING');

GRANT SELECT, INSERT, UPDATE, DELETE ON billing.registration TO apihub_billing;
