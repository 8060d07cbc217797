-- Writer of billing.app_user: billing (io.apihub.billing.user); of billing.oidc_identity: io.apihub.billing.oidc.

-- What they were who are shut out: letting them in again proves no address.
ALTER TABLE billing.app_user
    ADD COLUMN state_before text CHECK (state_before IN ('UNVERIFIED', 'ACTIVE'));
UPDATE billing.app_user u SET state_before = CASE WHEN EXISTS (
        SELECT FROM billing.registration r WHERE r.user_id = u.user_id AND r.step = 'VERIFYING')
    THEN 'UNVERIFIED' ELSE 'ACTIVE' END
    WHERE state = 'DISABLED';

-- An account that is taken over from who registered it first.
GRANT DELETE ON billing.oidc_identity TO apihub_billing;
