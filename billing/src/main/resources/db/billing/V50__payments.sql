-- Writer of every table in this file: billing (io.apihub.billing.payment).

-- What somebody wants to pay. Its terms are fixed when it is made; no key of any platform is here.
CREATE TABLE billing.payment_order (
    -- 128 random bits, the number that the platform knows it by too.
    order_id       uuid PRIMARY KEY,
    seq            bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    tenant_id      uuid NOT NULL,
    -- Null: an administrator who is no user.
    user_id        uuid,
    actor          text NOT NULL CHECK (actor <> ''),
    provider       text NOT NULL,
    type           text NOT NULL,
    -- What is credited, and what comes on top of it.
    credit_micros  bigint NOT NULL CHECK (credit_micros > 0),
    bonus_micros   bigint NOT NULL CHECK (bonus_micros >= 0),
    -- What is paid, in the platform's currency.
    pay_amount     numeric(14, 2) NOT NULL CHECK (pay_amount > 0),
    pay_currency   text NOT NULL,
    rate           numeric(20, 8) NOT NULL CHECK (rate > 0),
    fee_percent    numeric(20, 8) NOT NULL CHECK (fee_percent >= 0),
    state          text NOT NULL DEFAULT 'PENDING'
        CHECK (state IN ('PENDING', 'PAID', 'CREDITED', 'EXPIRED', 'REFUNDING', 'REFUNDED')),
    -- Paid after it had expired.
    late           boolean NOT NULL DEFAULT false,
    -- The platform's number; null while nobody paid, or if a person decided without it.
    trade_no       text,
    -- What a person has to look at; empty: nothing.
    problem        text NOT NULL DEFAULT '',
    created_at     timestamptz NOT NULL DEFAULT now(),
    expires_at     timestamptz NOT NULL,
    paid_at        timestamptz,
    credited_at    timestamptz,
    -- How often the platform said that it is not paid; and when it is asked next, null: never again.
    polls          int NOT NULL DEFAULT 0,
    -- How often it could not be asked since.
    misses         int NOT NULL DEFAULT 0,
    next_poll_at   timestamptz,
    CHECK ((state IN ('PENDING', 'EXPIRED')) = (paid_at IS NULL))
);
CREATE INDEX payment_order_tenant ON billing.payment_order (tenant_id, seq DESC);
CREATE INDEX payment_order_due ON billing.payment_order (next_poll_at) WHERE next_poll_at IS NOT NULL;
CREATE INDEX payment_order_expiring ON billing.payment_order (expires_at) WHERE state = 'PENDING';

-- Money that came. Each of a platform's numbers is here once, and each order is credited once.
CREATE TABLE billing.payment (
    provider       text NOT NULL,
    trade_no       text NOT NULL CHECK (length(trade_no) BETWEEN 1 AND 100),
    order_id       uuid NOT NULL REFERENCES billing.payment_order,
    pay_amount     numeric(14, 2) NOT NULL,
    outcome        text NOT NULL CHECK (outcome IN ('CREDITED', 'SUSPENSE', 'CONFIRMED')),
    created_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (provider, trade_no)
);
CREATE UNIQUE INDEX payment_credits_once ON billing.payment (order_id) WHERE outcome = 'CREDITED';
CREATE INDEX payment_of_order ON billing.payment (order_id);

-- What platforms told us or answered, and what became of it. Without signatures.
CREATE TABLE billing.payment_notice (
    notice_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received_at timestamptz NOT NULL DEFAULT now(),
    provider    text NOT NULL CHECK (length(provider) <= 64),
    order_id    uuid,
    -- notify, query, refund or person.
    source      text NOT NULL,
    outcome     text NOT NULL,
    reason      text NOT NULL DEFAULT '',
    address     text NOT NULL DEFAULT '',
    fields      jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX payment_notice_order ON billing.payment_notice (order_id, notice_id) WHERE order_id IS NOT NULL;
CREATE INDEX payment_notice_age ON billing.payment_notice (received_at) WHERE order_id IS NULL;

-- Trade numbers that were told, and could not be asked about.
CREATE TABLE billing.payment_inquiry (
    provider    text NOT NULL,
    trade_no    text NOT NULL CHECK (length(trade_no) BETWEEN 1 AND 100),
    order_id    uuid NOT NULL REFERENCES billing.payment_order,
    tries       int NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (provider, trade_no, order_id)
);
CREATE INDEX payment_inquiry_due ON billing.payment_inquiry (next_try_at);

-- Money on its way back. The credit is taken first.
CREATE TABLE billing.payment_refund (
    refund_id   uuid PRIMARY KEY,
    order_id    uuid NOT NULL REFERENCES billing.payment_order,
    state       text NOT NULL DEFAULT 'RESERVED' CHECK (state IN ('RESERVED', 'SENT', 'DONE', 'RETURNED')),
    actor       text NOT NULL CHECK (actor <> ''),
    reason      text NOT NULL CHECK (reason <> ''),
    tries       int NOT NULL DEFAULT 0,
    last_answer text NOT NULL DEFAULT '',
    next_try_at timestamptz NOT NULL DEFAULT now(),
    created_at  timestamptz NOT NULL DEFAULT now(),
    ended_at    timestamptz
);
CREATE UNIQUE INDEX payment_refund_one ON billing.payment_refund (order_id) WHERE state IN ('RESERVED', 'SENT', 'DONE');
CREATE INDEX payment_refund_due ON billing.payment_refund (next_try_at) WHERE state IN ('RESERVED', 'SENT');

-- What was compared with the platform's own list last, and what differed.
CREATE TABLE billing.payment_sweep (
    provider        text PRIMARY KEY,
    next_at         timestamptz NOT NULL DEFAULT now(),
    ended_at        timestamptz,
    only_there      int NOT NULL DEFAULT 0,
    only_here       int NOT NULL DEFAULT 0
);

GRANT SELECT, INSERT ON billing.payment_order TO apihub_billing;
GRANT UPDATE (state, late, trade_no, problem, paid_at, credited_at, polls, misses, next_poll_at)
    ON billing.payment_order TO apihub_billing;
GRANT SELECT, INSERT ON billing.payment TO apihub_billing;
GRANT SELECT, INSERT, DELETE ON billing.payment_notice TO apihub_billing;
GRANT SELECT, INSERT, UPDATE, DELETE ON billing.payment_inquiry TO apihub_billing;
GRANT SELECT, INSERT ON billing.payment_refund TO apihub_billing;
GRANT UPDATE (state, tries, last_answer, next_try_at, ended_at) ON billing.payment_refund TO apihub_billing;
GRANT SELECT, INSERT, UPDATE ON billing.payment_sweep TO apihub_billing;
