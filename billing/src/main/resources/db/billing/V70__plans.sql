-- Writer of every table in this file: billing (io.apihub.billing.plan).

-- What tenants pay for plans; what comes with one is a grant.
ALTER TABLE billing.ledger_transaction DROP CONSTRAINT ledger_transaction_kind_check;
ALTER TABLE billing.ledger_transaction ADD CONSTRAINT ledger_transaction_kind_check CHECK (kind IN
    ('top-up', 'usage', 'grant', 'redemption', 'adjustment', 'refund', 'expiry', 'overage', 'late-usage', 'correction', 'plan'));
INSERT INTO billing.account (platform_name) VALUES ('plan_revenue');

-- What administrators offer, by name. Its terms are in its versions; the last one is for sale.
CREATE TABLE billing.plan (
    plan_id    uuid PRIMARY KEY,
    name       text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 40),
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    -- From then on it is not sold; who has it keeps it.
    retired_at timestamptz,
    retired_by text,
    CHECK ((retired_at IS NULL) = (retired_by IS NULL))
);

-- Written once. Whoever bought a version keeps its terms.
CREATE TABLE billing.plan_version (
    version_id      uuid PRIMARY KEY,
    plan_id         uuid NOT NULL REFERENCES billing.plan,
    number          int NOT NULL CHECK (number > 0),
    display_name    text NOT NULL,
    description     text NOT NULL,
    -- Of one period.
    price_micros    bigint NOT NULL CHECK (price_micros >= 0),
    period          text NOT NULL CHECK (period IN ('MONTH', 'YEAR')),
    -- Credit that comes with each period and expires with it.
    included_micros bigint NOT NULL CHECK (included_micros >= 0),
    -- After the end of a period that was not paid.
    grace_days      int NOT NULL CHECK (grace_days BETWEEN 0 AND 14),
    -- Of ConfigMap tenant-templates; null: the Tenant stays as it is.
    template        text,
    created_by      text NOT NULL,
    created_at      timestamptz NOT NULL,
    UNIQUE (plan_id, number)
);

-- A tenant's plan, as it is now. Written with the tenant's account locked.
CREATE TABLE billing.subscription (
    subscription_id   uuid PRIMARY KEY,
    seq               bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    tenant_id         uuid NOT NULL,
    version_id        uuid NOT NULL REFERENCES billing.plan_version,
    state             text NOT NULL DEFAULT 'ACTIVE' CHECK (state IN ('ACTIVE', 'GRACE', 'ENDED')),
    auto_renew        boolean NOT NULL,
    -- Ends with its period.
    cancelled         boolean NOT NULL DEFAULT false,
    period_number     int NOT NULL CHECK (period_number > 0),
    period_starts_at  timestamptz NOT NULL,
    period_ends_at    timestamptz NOT NULL,
    -- Periods are counted from the one that began here, so that what began on a 31st is not moved for good by a February.
    anchor_at         timestamptz NOT NULL,
    anchor_number     int NOT NULL CHECK (anchor_number > 0),
    -- What the next period was paid with already; null: it was not.
    paid_ahead_micros bigint CHECK (paid_ahead_micros >= 0),
    -- What the next period will be of; null: the same.
    next_version_id   uuid REFERENCES billing.plan_version,
    upgrades          int NOT NULL DEFAULT 0,
    -- Until then an unpaid period may be paid.
    grace_ends_at     timestamptz,
    -- When there is something to do next.
    look_at           timestamptz,
    created_at        timestamptz NOT NULL,
    ended_at          timestamptz,
    end_reason        text,
    CHECK (period_starts_at < period_ends_at),
    CHECK ((state = 'GRACE') <= (grace_ends_at IS NOT NULL)),
    CHECK ((state = 'ENDED') = (ended_at IS NOT NULL AND end_reason IS NOT NULL AND look_at IS NULL))
);
CREATE UNIQUE INDEX subscription_current ON billing.subscription (tenant_id) WHERE state <> 'ENDED';
CREATE INDEX subscription_due ON billing.subscription (look_at) WHERE state <> 'ENDED';
CREATE INDEX subscription_ending ON billing.subscription (period_ends_at) WHERE state <> 'ENDED';
CREATE INDEX subscription_tenant ON billing.subscription (tenant_id, seq DESC);

-- What happened to it. Written once.
CREATE TABLE billing.subscription_event (
    event_id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subscription_id  uuid NOT NULL REFERENCES billing.subscription,
    tenant_id        uuid NOT NULL,
    kind             text NOT NULL,
    version_id       uuid NOT NULL REFERENCES billing.plan_version,
    -- What was paid with it, and what credit came.
    price_micros     bigint NOT NULL CHECK (price_micros >= 0),
    included_micros  bigint NOT NULL CHECK (included_micros >= 0),
    period_starts_at timestamptz NOT NULL,
    period_ends_at   timestamptz NOT NULL,
    actor            text NOT NULL CHECK (actor <> ''),
    reason           text NOT NULL,
    happened_at      timestamptz NOT NULL
);
CREATE INDEX subscription_event_tenant ON billing.subscription_event (tenant_id, event_id DESC);

-- What an order's credit is to be spent on, in the transaction that credits it.
CREATE TABLE billing.plan_order (
    order_id   uuid PRIMARY KEY REFERENCES billing.payment_order,
    tenant_id  uuid NOT NULL,
    action     text NOT NULL CHECK (action IN ('BUY', 'RENEW', 'CHANGE')),
    version_id uuid NOT NULL REFERENCES billing.plan_version,
    auto_renew boolean NOT NULL,
    actor      text NOT NULL CHECK (actor <> ''),
    user_id    uuid,
    -- REFUSED: it can't be any more; the credit stays the tenant's.
    state      text NOT NULL DEFAULT 'WAITING' CHECK (state IN ('WAITING', 'DONE', 'REFUSED')),
    reason     text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    ended_at   timestamptz,
    CHECK ((state = 'WAITING') = (ended_at IS NULL))
);
CREATE INDEX plan_order_tenant ON billing.plan_order (tenant_id, created_at DESC);

-- What the Tenant resource shall be like, and whether it is.
CREATE TABLE billing.plan_application (
    tenant_id   uuid PRIMARY KEY,
    -- Template; null: the one from before any plan.
    wanted      text,
    -- Grows with each wish; the wish is done when both are equal.
    generation  bigint NOT NULL DEFAULT 1,
    applied     bigint NOT NULL DEFAULT 0,
    -- Template from before any plan; null: nothing was applied yet.
    base        text,
    tries       int NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT now(),
    last_error  text,
    applied_at  timestamptz
);
CREATE INDEX plan_application_due ON billing.plan_application (next_try_at);

CREATE TRIGGER plan_version_append_only BEFORE UPDATE OR DELETE ON billing.plan_version
    FOR EACH ROW EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER subscription_event_append_only BEFORE UPDATE OR DELETE ON billing.subscription_event
    FOR EACH ROW EXECUTE FUNCTION billing.refuse_change();

GRANT SELECT, INSERT, UPDATE (retired_at, retired_by) ON billing.plan TO apihub_billing;
GRANT SELECT, INSERT ON billing.plan_version, billing.subscription_event TO apihub_billing;
GRANT SELECT, INSERT ON billing.subscription TO apihub_billing;
GRANT UPDATE (version_id, state, auto_renew, cancelled, period_number, period_starts_at, period_ends_at, anchor_at, anchor_number,
    paid_ahead_micros, next_version_id, upgrades, grace_ends_at, look_at, ended_at, end_reason) ON billing.subscription TO apihub_billing;
GRANT SELECT, INSERT, UPDATE (state, reason, ended_at) ON billing.plan_order TO apihub_billing;
GRANT SELECT, INSERT, UPDATE (wanted, generation, applied, base, tries, next_try_at, last_error, applied_at)
    ON billing.plan_application TO apihub_billing;
