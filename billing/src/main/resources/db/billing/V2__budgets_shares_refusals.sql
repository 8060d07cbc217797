-- Writer of every table in this file: billing (io.apihub.billing). The operator reads limit_state (V1), nobody else reads or writes.
--
-- Amounts are in the unit of what they count: requests, tokens, slots, or micro-units of currency. Instants that decide who may
-- spend are milliseconds since 1970 by this database's clock, as the gateways get them.

----------------------------------------------------------------------------------------------------------------- budgets

-- One counter of one limit in one window for one subject. Keyed by names, so that deleting and recreating resets nothing; by
-- metric and kind of window too, because a counter of tokens in a month is none of requests in a day.
CREATE TABLE billing.budget (
    budget_id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id           uuid NOT NULL,
    quota_namespace     text NOT NULL,
    -- '' for the tenant's own limits.
    quota_name          text NOT NULL,
    limit_name          text NOT NULL,
    -- The key's name; '' for the target as a whole.
    subject             text NOT NULL,
    metric              text NOT NULL CHECK (metric IN
        ('REQUESTS', 'INPUT_TOKENS', 'OUTPUT_TOKENS', 'TOTAL_TOKENS', 'COST')),
    time_window         text NOT NULL CHECK (time_window IN ('MINUTE', 'HOUR', 'DAY', 'WEEK', 'MONTH', 'TOTAL')),
    window_start_millis bigint NOT NULL,
    -- Null: never ends.
    window_end_millis   bigint CHECK (window_end_millis > window_start_millis),
    -- The registry's revision that the amount is of; an older reading changes nothing.
    revision            bigint NOT NULL,
    amount              bigint NOT NULL CHECK (amount >= 0),
    -- The amount, or what was committed already when it was lowered. Set by bound_ceiling(), never by the service.
    ceiling             bigint NOT NULL DEFAULT 0,
    spent               bigint NOT NULL DEFAULT 0 CHECK (spent >= 0),
    -- Sum of `open` over the budget's leases.
    leased              bigint NOT NULL DEFAULT 0 CHECK (leased >= 0),
    -- What upstreams served beyond the holds.
    overage             bigint NOT NULL DEFAULT 0 CHECK (overage >= 0),
    -- What was counted while the limit was in Shadow.
    observed            bigint NOT NULL DEFAULT 0 CHECK (observed >= 0),
    -- What corrections took off `spent` again: spent - corrected is what the leases have spent.
    corrected           bigint NOT NULL DEFAULT 0 CHECK (corrected <= 0),
    -- Requests that Shadow let pass and Enforce would have refused.
    would_have_refused  bigint NOT NULL DEFAULT 0,
    -- As limit_state has it, so that a transition is seen without a look there.
    exhausted           boolean NOT NULL DEFAULT false,
    exhausted_at_millis bigint NOT NULL DEFAULT 0,
    alerting_percent    int NOT NULL DEFAULT 0,
    created_at          timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, quota_namespace, quota_name, limit_name, subject, metric, time_window, window_start_millis),
    CONSTRAINT budget_covered CHECK (spent + leased <= ceiling)
) WITH (fillfactor = 70);

------------------------------------------------------------------------------------------------------------------ shares

-- A limit of a rate (Minute) or of slots (Concurrency) for one subject: what gateways hold parts of.
CREATE TABLE billing.share (
    share_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id       uuid NOT NULL,
    quota_namespace text NOT NULL,
    quota_name      text NOT NULL,
    limit_name      text NOT NULL,
    subject         text NOT NULL,
    metric          text NOT NULL CHECK (metric IN
        ('REQUESTS', 'INPUT_TOKENS', 'OUTPUT_TOKENS', 'TOTAL_TOKENS', 'COST', 'CONCURRENCY')),
    revision        bigint NOT NULL,
    -- A minute's rate and the burst, which are the same number; or slots.
    amount          bigint NOT NULL CHECK (amount >= 0),
    ceiling         bigint NOT NULL DEFAULT 0,
    -- Sum of `open` over the leases: of rates = of bursts, or of slots.
    leased          bigint NOT NULL DEFAULT 0 CHECK (leased >= 0),
    -- Of a rate: what is used of the burst that nobody leases, and when; it drains at the rate that nobody leases.
    level           bigint NOT NULL DEFAULT 0 CHECK (level >= 0),
    level_at_millis bigint NOT NULL DEFAULT 0,
    created_at      timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, quota_namespace, quota_name, limit_name, subject, metric),
    CONSTRAINT share_covered CHECK (leased <= ceiling)
) WITH (fillfactor = 70);

CREATE FUNCTION billing.bound_budget_ceiling() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.ceiling := greatest(NEW.amount, least(coalesce(OLD.ceiling, 0), NEW.spent + NEW.leased));
    RETURN NEW;
END $$;

CREATE TRIGGER budget_ceiling BEFORE INSERT OR UPDATE ON billing.budget
    FOR EACH ROW EXECUTE FUNCTION billing.bound_budget_ceiling();

CREATE FUNCTION billing.bound_share_ceiling() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.ceiling := greatest(NEW.amount, least(coalesce(OLD.ceiling, 0), NEW.leased));
    RETURN NEW;
END $$;

CREATE TRIGGER share_ceiling BEFORE INSERT OR UPDATE ON billing.share
    FOR EACH ROW EXECUTE FUNCTION billing.bound_share_ceiling();

------------------------------------------------------------------------------------------------------------------ leases

ALTER TABLE billing.lease RENAME COLUMN granted_micros TO granted;
ALTER TABLE billing.lease RENAME COLUMN spent_micros TO spent;
ALTER TABLE billing.lease RENAME COLUMN returned_micros TO returned;
ALTER TABLE billing.lease RENAME COLUMN open_micros TO open;
ALTER TABLE billing.lease
    ALTER COLUMN account_id DROP NOT NULL,
    ADD COLUMN budget_id bigint REFERENCES billing.budget,
    ADD COLUMN share_id bigint REFERENCES billing.share,
    -- Of a rate: until when the part's burst was used up, in milliseconds since 1970, when it was granted.
    ADD COLUMN theoretical_arrival_millis bigint NOT NULL DEFAULT 0,
    -- The gateway was asked to give it back.
    ADD COLUMN recalled boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT lease_of_one CHECK (num_nonnulls(account_id, budget_id, share_id) = 1);
CREATE INDEX lease_open_budget ON billing.lease (budget_id) WHERE state <> 'CLOSED' AND budget_id IS NOT NULL;
CREATE INDEX lease_open_share ON billing.lease (share_id) WHERE state <> 'CLOSED' AND share_id IS NOT NULL;
CREATE INDEX lease_recalled ON billing.lease (incarnation) WHERE state <> 'CLOSED' AND recalled;

-- Since when an incarnation is parked; the first of what must pass before its leases are given up.
ALTER TABLE billing.incarnation ADD COLUMN parked_at timestamptz;
UPDATE billing.incarnation SET parked_at = now() WHERE state = 'PARKED';

-- What was given up without a word of the gateway: it may have been spent. The target is no row at all.
CREATE TABLE billing.unattributed (
    incarnation uuid PRIMARY KEY REFERENCES billing.incarnation,
    gateway     text NOT NULL,
    leases      int NOT NULL,
    -- Micro-units that were open, of all accounts.
    open_micros bigint NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now()
);

---------------------------------------------------------------------------------------------------------------- refusals

-- Requests that never reached an upstream, summed.
CREATE TABLE billing.refusal (
    tenant_id   uuid NOT NULL,
    -- By the gateway's clock.
    minute      timestamptz NOT NULL,
    key_uid     uuid NOT NULL,
    model       text NOT NULL,
    dialect     text NOT NULL,
    -- As x-apihub-reason says it.
    reason      text NOT NULL,
    -- As x-apihub-limit says it; '' if no limit refused.
    limit_label text NOT NULL,
    requests    bigint NOT NULL CHECK (requests > 0),
    PRIMARY KEY (tenant_id, minute, key_uid, model, dialect, reason, limit_label)
);

-- The last report of each incarnation: a repeat changes nothing.
CREATE TABLE billing.refusal_report (
    incarnation uuid PRIMARY KEY,
    seq         bigint NOT NULL
);

------------------------------------------------------------------------------------------------------------------ grants

GRANT SELECT ON billing.budget, billing.share, billing.unattributed, billing.refusal, billing.refusal_report TO apihub_billing;
GRANT INSERT (tenant_id, quota_namespace, quota_name, limit_name, subject, metric, time_window, window_start_millis,
              window_end_millis, revision, amount)
    ON billing.budget TO apihub_billing;
GRANT UPDATE (revision, amount, spent, leased, overage, observed, corrected, would_have_refused, exhausted,
              exhausted_at_millis, alerting_percent)
    ON billing.budget TO apihub_billing;
GRANT INSERT (tenant_id, quota_namespace, quota_name, limit_name, subject, metric, revision, amount) ON billing.share TO apihub_billing;
GRANT UPDATE (revision, amount, leased, level, level_at_millis) ON billing.share TO apihub_billing;
GRANT INSERT ON billing.unattributed TO apihub_billing;
GRANT INSERT, UPDATE ON billing.refusal, billing.refusal_report TO apihub_billing;
