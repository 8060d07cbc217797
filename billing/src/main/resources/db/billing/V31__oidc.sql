-- Writer of every table in this file: billing (io.apihub.billing.oidc).

-- Whom the provider's people are here.
CREATE TABLE billing.oidc_identity (
    issuer        text NOT NULL CHECK (length(issuer) BETWEEN 1 AND 500),
    subject       text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    user_id       uuid NOT NULL REFERENCES billing.app_user ON DELETE CASCADE,
    -- An administrator by a group: no longer one when the group is left.
    administrator boolean NOT NULL DEFAULT false,
    created_at    timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject),
    UNIQUE (issuer, user_id)
);
CREATE INDEX oidc_identity_user ON billing.oidc_identity (user_id);

-- Memberships by a group: they end when the group is left. Others are none of its business.
CREATE TABLE billing.oidc_member (
    tenant_id uuid NOT NULL,
    user_id   uuid NOT NULL,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES billing.member ON DELETE CASCADE
);
CREATE INDEX oidc_member_user ON billing.oidc_member (user_id);

GRANT SELECT, INSERT, UPDATE (administrator) ON billing.oidc_identity TO apihub_billing;
GRANT SELECT, INSERT, DELETE ON billing.oidc_member TO apihub_billing;
