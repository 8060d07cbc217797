-- Writer of every table in this file: billing (io.apihub.billing.redemption).

-- Codes that administrators made together. Amounts are micro-units.
CREATE TABLE billing.code_batch (
    batch_id      uuid PRIMARY KEY,
    note          text NOT NULL CHECK (length(note) BETWEEN 1 AND 200),
    value_micros  bigint NOT NULL CHECK (value_micros > 0),
    codes         int NOT NULL CHECK (codes BETWEEN 1 AND 5000),
    uses_per_code int NOT NULL CHECK (uses_per_code BETWEEN 1 AND 1000000),
    -- Of all codes of the batch together.
    uses_per_user int NOT NULL CHECK (uses_per_user BETWEEN 1 AND 1000),
    expires_at    timestamptz,
    created_by    text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    revoked_at    timestamptz,
    revoked_by    text,
    CONSTRAINT code_batch_revoked_by_somebody CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE INDEX code_batch_newest ON billing.code_batch (created_at DESC, batch_id DESC);

-- Of a code only a digest is here: its 130 random bits need neither salt nor a slow hash.
CREATE TABLE billing.code (
    code_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_id    uuid NOT NULL REFERENCES billing.code_batch,
    -- 1 to the batch's codes, in the order of the answer that had them.
    number      int NOT NULL CHECK (number > 0),
    code_sha256 bytea NOT NULL UNIQUE CHECK (length(code_sha256) = 32),
    UNIQUE (batch_id, number)
);

-- Written once. Which use of the code and which of the user it is, is decided with the batch locked; the constraints hold it.
CREATE TABLE billing.code_use (
    use_id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code_id        bigint NOT NULL REFERENCES billing.code,
    number         int NOT NULL CHECK (number > 0),
    batch_id       uuid NOT NULL REFERENCES billing.code_batch,
    user_id        uuid NOT NULL,
    user_number    int NOT NULL CHECK (user_number > 0),
    tenant_id      uuid NOT NULL,
    transaction_id bigint NOT NULL UNIQUE REFERENCES billing.ledger_transaction,
    redeemed_at    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (code_id, number),
    UNIQUE (batch_id, user_id, user_number)
);
CREATE INDEX code_use_batch ON billing.code_use (batch_id, use_id);

CREATE TRIGGER code_append_only BEFORE UPDATE OR DELETE ON billing.code
    FOR EACH ROW EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER code_use_append_only BEFORE UPDATE OR DELETE ON billing.code_use
    FOR EACH ROW EXECUTE FUNCTION billing.refuse_change();

GRANT SELECT, INSERT, UPDATE (revoked_at, revoked_by) ON billing.code_batch TO apihub_billing;
GRANT SELECT, INSERT ON billing.code, billing.code_use TO apihub_billing;
