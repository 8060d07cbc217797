-- Writer of every table in this file: billing (io.apihub.billing.payment).

-- Money that came and was credited to nobody: an order paid twice, or another amount than was asked for. A person decides, once.
CREATE TABLE billing.payment_suspense (
    suspense_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider     text NOT NULL,
    trade_no     text NOT NULL,
    order_id     uuid NOT NULL REFERENCES billing.payment_order,
    -- What the ledger has in suspense for it.
    value_micros bigint NOT NULL CHECK (value_micros > 0),
    why          text NOT NULL CHECK (why <> ''),
    state        text NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'CREDITED', 'RETURNED')),
    -- Who has the credit now.
    tenant_id    uuid,
    actor        text NOT NULL DEFAULT '',
    reason       text NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL DEFAULT now(),
    settled_at   timestamptz,
    UNIQUE (provider, trade_no),
    FOREIGN KEY (provider, trade_no) REFERENCES billing.payment,
    CHECK ((state = 'OPEN') = (settled_at IS NULL)),
    CHECK ((state = 'CREDITED') = (tenant_id IS NOT NULL)),
    CHECK (state = 'OPEN' OR (actor <> '' AND reason <> ''))
);
CREATE INDEX payment_suspense_open ON billing.payment_suspense (suspense_id) WHERE state = 'OPEN';
CREATE INDEX payment_suspense_order ON billing.payment_suspense (order_id);

INSERT INTO billing.payment_suspense (provider, trade_no, order_id, value_micros, why, created_at)
SELECT p.provider, p.trade_no, p.order_id, o.credit_micros, 'paid twice', p.created_at
FROM billing.payment p JOIN billing.payment_order o USING (order_id) WHERE p.outcome = 'SUSPENSE';

GRANT SELECT, INSERT, UPDATE (state, tenant_id, actor, reason, settled_at) ON billing.payment_suspense TO apihub_billing;

-- Counted every minute, and mostly none.
CREATE INDEX payment_order_problem ON billing.payment_order (seq) WHERE problem <> '';
