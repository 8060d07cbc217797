-- Writer of every table in this file: billing (io.apihub.billing.audit).

-- Every change that somebody made through REST. Nothing is edited or removed, by nobody.
CREATE TABLE billing.audit (
    audit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL DEFAULT now(),
    -- As the ledger names it: an administrator's name, or user/<uuid>.
    actor    text NOT NULL CHECK (length(actor) BETWEEN 1 AND 200),
    -- Of a user; no reference, since the log outlives users.
    user_id  uuid,
    action   text NOT NULL CHECK (action ~ '^[a-z0-9-]{1,40}\.[a-z0-9-]{1,60}$'),
    subject  text NOT NULL CHECK (length(subject) BETWEEN 1 AND 400),
    detail   jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(detail) = 'object')
);
CREATE INDEX audit_actor ON billing.audit (actor, audit_id);
CREATE INDEX audit_subject ON billing.audit (subject, audit_id);
CREATE INDEX audit_area ON billing.audit (split_part(action, '.', 1), audit_id);
CREATE INDEX audit_at ON billing.audit (at);

CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON billing.audit
    FOR EACH ROW EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON billing.audit
    FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();

GRANT SELECT, INSERT (actor, user_id, action, subject, detail) ON billing.audit TO apihub_billing;
