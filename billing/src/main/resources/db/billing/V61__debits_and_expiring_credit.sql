-- Writer of every table in this file: billing (io.apihub.billing.credit).

-- What is to be taken from an account: at once as far as it is free, the rest as leases return. Each part is a ledger transaction.
CREATE TABLE billing.debit (
    debit_id      uuid PRIMARY KEY,
    account_id    bigint NOT NULL REFERENCES billing.account,
    kind          text NOT NULL CHECK (kind IN ('adjustment')),
    amount_micros bigint NOT NULL CHECK (amount_micros > 0),
    taken_micros  bigint NOT NULL DEFAULT 0 CHECK (taken_micros BETWEEN 0 AND amount_micros),
    parts         int NOT NULL DEFAULT 0,
    state         text NOT NULL DEFAULT 'PENDING' CHECK (state IN ('PENDING', 'DONE', 'CANCELLED')),
    actor         text NOT NULL CHECK (actor <> ''),
    reason        text NOT NULL CHECK (reason <> ''),
    created_at    timestamptz NOT NULL DEFAULT now(),
    ended_at      timestamptz,
    CHECK ((state = 'DONE') = (taken_micros = amount_micros)),
    CHECK ((state = 'PENDING') = (ended_at IS NULL))
);
CREATE INDEX debit_pending ON billing.debit (created_at) WHERE state = 'PENDING';
CREATE INDEX debit_account ON billing.debit (account_id, created_at DESC, debit_id DESC);

-- Credit that expires: what a transaction gave, and what of it is left. Written with the account locked.
CREATE TABLE billing.credit_lot (
    lot_id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id       bigint NOT NULL REFERENCES billing.account,
    transaction_id   bigint NOT NULL UNIQUE REFERENCES billing.ledger_transaction,
    amount_micros    bigint NOT NULL CHECK (amount_micros > 0),
    -- As of the account's lot_position.
    remaining_micros bigint NOT NULL CHECK (remaining_micros BETWEEN 0 AND amount_micros),
    expired_micros   bigint NOT NULL DEFAULT 0,
    -- Transactions that took back what was unused.
    parts            int NOT NULL DEFAULT 0,
    expires_at       timestamptz NOT NULL,
    CHECK (expired_micros BETWEEN 0 AND amount_micros - remaining_micros)
);
CREATE INDEX credit_lot_due ON billing.credit_lot (expires_at) WHERE remaining_micros > 0;
CREATE INDEX credit_lot_account ON billing.credit_lot (account_id, lot_id DESC);

-- Up to which transaction of an account the entries are counted in its lots.
CREATE TABLE billing.lot_position (
    account_id     bigint PRIMARY KEY REFERENCES billing.account,
    transaction_id bigint NOT NULL
);

GRANT SELECT, INSERT, UPDATE (taken_micros, parts, state, ended_at) ON billing.debit TO apihub_billing;
GRANT SELECT, INSERT, UPDATE (remaining_micros, expired_micros, parts) ON billing.credit_lot TO apihub_billing;
GRANT SELECT, INSERT, UPDATE (transaction_id) ON billing.lot_position TO apihub_billing;
