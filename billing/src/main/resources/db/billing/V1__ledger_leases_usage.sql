-- Writer of every table in this file: billing (io.apihub.billing). The operator reads limit_state, nobody else reads or writes.
--
-- Amounts are micro-units (millionths) of the installation's currency. The role apihub_billing runs the service; the role that
-- runs this migration owns the tables, so what is not granted below the service cannot do, whatever its code says.

---------------------------------------------------------------------------------------------------------------- accounts

CREATE TABLE billing.account (
    account_id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Exactly one of the two: a tenant's account, or a platform account.
    tenant_id           uuid UNIQUE,
    platform_name       text UNIQUE,
    -- Sum of the tenant account's entries, maintained by post_entries() only. Platform accounts keep none: they are summed.
    balance_micros      bigint NOT NULL DEFAULT 0,
    -- Sum of `open` over the account's leases: promised to gateways, not spent yet.
    leased_micros       bigint NOT NULL DEFAULT 0 CHECK (leased_micros >= 0),
    -- What the tenant's resource allows the balance to go below zero by, as last read from the registry.
    credit_limit_micros bigint NOT NULL DEFAULT 0 CHECK (credit_limit_micros >= 0),
    -- The credit limit, or what was already committed when the limit was lowered or an overage was posted. It only comes down
    -- as money returns. Set by bound_credit_floor(), never by the service.
    credit_floor_micros bigint NOT NULL DEFAULT 0,
    created_at          timestamptz NOT NULL DEFAULT now(),
    CHECK ((tenant_id IS NULL) <> (platform_name IS NULL)),
    CHECK (credit_floor_micros >= credit_limit_micros),
    CONSTRAINT account_covered CHECK (balance_micros + credit_floor_micros - leased_micros >= 0),
    CONSTRAINT account_platform_keeps_no_balance CHECK (platform_name IS NULL OR (balance_micros = 0 AND leased_micros = 0))
);

INSERT INTO billing.account (platform_name)
VALUES ('payment_clearing'), ('usage_revenue'), ('grants'), ('overage'), ('suspense'), ('late_usage');

CREATE FUNCTION billing.bound_credit_floor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.credit_floor_micros := greatest(
        NEW.credit_limit_micros, least(NEW.credit_floor_micros, NEW.leased_micros - NEW.balance_micros));
    RETURN NEW;
END $$;

CREATE TRIGGER account_credit_floor BEFORE INSERT OR UPDATE ON billing.account
    FOR EACH ROW EXECUTE FUNCTION billing.bound_credit_floor();

------------------------------------------------------------------------------------------------------------------ ledger

CREATE TABLE billing.ledger_transaction (
    transaction_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind           text NOT NULL CHECK (kind IN
        ('top-up', 'usage', 'grant', 'redemption', 'adjustment', 'refund', 'expiry', 'overage', 'late-usage', 'correction')),
    -- What happened outside, once: the second posting of a reference is refused.
    reference      text NOT NULL UNIQUE CHECK (length(reference) BETWEEN 1 AND 300),
    created_at     timestamptz NOT NULL DEFAULT now(),
    memo           text NOT NULL DEFAULT '',
    actor          text NOT NULL CHECK (actor <> ''),
    reason         text NOT NULL DEFAULT '',
    -- Entries may be added only in the database transaction that made this row.
    created_in     xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CHECK (kind NOT IN ('grant', 'adjustment', 'refund') OR reason <> '')
);

CREATE TABLE billing.ledger_entry (
    transaction_id bigint NOT NULL REFERENCES billing.ledger_transaction,
    account_id     bigint NOT NULL REFERENCES billing.account,
    -- Positive: the account's balance grows.
    amount_micros  bigint NOT NULL CHECK (amount_micros <> 0),
    PRIMARY KEY (transaction_id, account_id)
);
CREATE INDEX ledger_entry_account ON billing.ledger_entry (account_id, transaction_id DESC);

CREATE FUNCTION billing.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER ledger_transaction_append_only BEFORE UPDATE OR DELETE ON billing.ledger_transaction
    FOR EACH ROW EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER ledger_transaction_no_truncate BEFORE TRUNCATE ON billing.ledger_transaction
    FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON billing.ledger_entry
    FOR EACH ROW EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER ledger_entry_no_truncate BEFORE TRUNCATE ON billing.ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();

CREATE FUNCTION billing.check_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) < 2 OR sum(amount_micros) <> 0
          FROM billing.ledger_entry WHERE transaction_id = NEW.transaction_id) THEN
        RAISE EXCEPTION 'ledger transaction % does not sum to zero over at least two entries', NEW.transaction_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transaction_balanced';
    END IF;
    RETURN NULL;
END $$;

-- On both tables: on the transaction so that one without entries is refused, on the entries so that none comes after the check.
CREATE CONSTRAINT TRIGGER ledger_transaction_balanced AFTER INSERT ON billing.ledger_transaction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing.check_balanced();
CREATE CONSTRAINT TRIGGER ledger_entry_balanced AFTER INSERT ON billing.ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing.check_balanced();

-- Keeps the tenants' balances equal to the sums of their entries. Runs as the owner: the service itself cannot write balances.
CREATE FUNCTION billing.post_entries() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh JOIN billing.ledger_transaction t USING (transaction_id)
                WHERE t.created_in <> pg_current_xact_id()) THEN
        RAISE EXCEPTION 'a committed ledger transaction takes no more entries' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM FROM billing.account a
      WHERE a.account_id IN (SELECT account_id FROM fresh) AND a.tenant_id IS NOT NULL
      ORDER BY a.account_id FOR NO KEY UPDATE;
    UPDATE billing.account a
       SET balance_micros = a.balance_micros + s.amount,
           -- What was consumed already is owed, whatever the limit says: an overage or a correction always posts.
           credit_floor_micros = a.credit_floor_micros + s.owed
      FROM (SELECT e.account_id, sum(e.amount_micros)::bigint AS amount,
                   coalesce(-sum(e.amount_micros) FILTER (
                       WHERE t.kind IN ('overage', 'correction') AND e.amount_micros < 0), 0)::bigint AS owed
              FROM fresh e JOIN billing.ledger_transaction t USING (transaction_id)
             GROUP BY e.account_id) s
     WHERE a.account_id = s.account_id AND a.tenant_id IS NOT NULL;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_entry_post AFTER INSERT ON billing.ledger_entry
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION billing.post_entries();

------------------------------------------------------------------------------------------------------------------ leases

-- One process life of a gateway's ext-authz.
CREATE TABLE billing.incarnation (
    incarnation uuid PRIMARY KEY,
    gateway     text NOT NULL,
    -- PARKED: not heard of, its leases stay counted. CLOSED: every record of it is here; nothing more is granted to it.
    state       text NOT NULL DEFAULT 'ACTIVE' CHECK (state IN ('ACTIVE', 'PARKED', 'CLOSED')),
    first_seen  timestamptz NOT NULL DEFAULT now(),
    last_seen   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX incarnation_not_closed ON billing.incarnation (state, last_seen) WHERE state <> 'CLOSED';

CREATE TABLE billing.lease (
    lease_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incarnation     uuid NOT NULL REFERENCES billing.incarnation,
    -- The grant request within the incarnation, and the want within the request: a repeat finds this row.
    seq             bigint NOT NULL,
    ordinal         int NOT NULL,
    account_id      bigint NOT NULL REFERENCES billing.account,
    granted_micros  bigint NOT NULL CHECK (granted_micros > 0),
    spent_micros    bigint NOT NULL DEFAULT 0 CHECK (spent_micros >= 0),
    returned_micros bigint NOT NULL DEFAULT 0 CHECK (returned_micros >= 0),
    open_micros     bigint NOT NULL CHECK (open_micros >= 0),
    state           text NOT NULL DEFAULT 'ACTIVE' CHECK (state IN ('ACTIVE', 'PARKED', 'CLOSED')),
    created_at      timestamptz NOT NULL DEFAULT now(),
    UNIQUE (incarnation, seq, ordinal),
    CONSTRAINT lease_adds_up CHECK (granted_micros = spent_micros + returned_micros + open_micros),
    CONSTRAINT lease_closed_is_empty CHECK (state <> 'CLOSED' OR open_micros = 0)
);
CREATE INDEX lease_open_account ON billing.lease (account_id) WHERE state <> 'CLOSED';

------------------------------------------------------------------------------------------------------------------- usage

-- The millisecond inside a UUID of version 7.
CREATE FUNCTION billing.uuid7_millis(id uuid) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ('x0000' || substr(replace(id::text, '-', ''), 1, 12))::bit(64)::bigint;

CREATE TABLE billing.usage (
    tenant_id              uuid NOT NULL,
    day                    date NOT NULL,
    hold_id                uuid NOT NULL,
    -- The hold's instant; every filter and bucket by time uses this one.
    at                     timestamptz NOT NULL,
    key_uid                uuid NOT NULL,
    key_id                 bigint NOT NULL,
    dialect                text NOT NULL,
    model                  text NOT NULL,
    model_served           text NOT NULL,
    upstream_model         text NOT NULL,
    upstream               text NOT NULL,
    pool                   text NOT NULL,
    stream                 boolean NOT NULL,
    outcome                text NOT NULL CHECK (outcome IN ('measured', 'estimated', 'voided', 'quarantined', 'unreported')),
    -- Not counted by the upstream.
    estimated              boolean NOT NULL,
    status                 int NOT NULL,
    input_tokens           bigint NOT NULL CHECK (input_tokens >= 0),
    cached_input_tokens    bigint NOT NULL CHECK (cached_input_tokens >= 0),
    cache_write_tokens     bigint NOT NULL CHECK (cache_write_tokens >= 0),
    cache_write_1h_tokens  bigint NOT NULL CHECK (cache_write_1h_tokens >= 0),
    output_tokens          bigint NOT NULL CHECK (output_tokens >= 0),
    reasoning_tokens       bigint NOT NULL CHECK (reasoning_tokens BETWEEN 0 AND output_tokens),
    -- Exact parts, in currency units; zero where the hold was charged as a whole.
    input_cost             numeric(38, 18) NOT NULL,
    cached_input_cost      numeric(38, 18) NOT NULL,
    cache_write_cost       numeric(38, 18) NOT NULL,
    cache_write_1h_cost    numeric(38, 18) NOT NULL,
    output_cost            numeric(38, 18) NOT NULL,
    request_cost           numeric(38, 18) NOT NULL,
    rounding               numeric(38, 18) NOT NULL,
    -- The request's cost, rounded up once. Of it, overage_micros is above what the hold had taken.
    cost_micros            bigint NOT NULL CHECK (cost_micros >= 0),
    hold_micros            bigint NOT NULL CHECK (hold_micros >= 0),
    overage_micros         bigint NOT NULL CHECK (overage_micros BETWEEN 0 AND cost_micros),
    -- 'usage/<posting>' is the reference of the ledger transaction that covers this row; null: nothing was charged.
    posting                uuid,
    unmetered              boolean NOT NULL,
    price_version          bigint NOT NULL,
    price_factor_millionths bigint NOT NULL,
    started_at             timestamptz,
    first_byte_at          timestamptz,
    finished_at            timestamptz,
    request_bytes          bigint NOT NULL,
    response_bytes         bigint NOT NULL,
    client_address         text NOT NULL,
    request_id             text NOT NULL,
    upstream_request_id    text NOT NULL,
    response_flags         text NOT NULL,
    note                   text NOT NULL,
    incarnation            uuid NOT NULL,
    gateway                text NOT NULL,
    recorded_at            timestamptz NOT NULL DEFAULT now(),
    -- When a true record replaced the estimate.
    corrected_at           timestamptz,
    PRIMARY KEY (tenant_id, day, hold_id),
    CONSTRAINT usage_hold_is_uuid7 CHECK (substr(hold_id::text, 15, 1) = '7'),
    CONSTRAINT usage_day_of_hold CHECK (day = DATE '1970-01-01' + (billing.uuid7_millis(hold_id) / 86400000)::int)
) PARTITION BY RANGE (day);

CREATE TABLE billing.usage_default PARTITION OF billing.usage DEFAULT;
CREATE INDEX usage_newest ON billing.usage (hold_id DESC);
CREATE INDEX usage_posting ON billing.usage (posting) WHERE posting IS NOT NULL;

-- Makes the partition of a day, unless it exists or the default partition has rows of that day already.
CREATE FUNCTION billing.ensure_usage_partition(wanted date) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    partition text := 'usage_' || to_char(wanted, 'YYYYMMDD');
BEGIN
    IF to_regclass('billing.' || partition) IS NOT NULL
       OR EXISTS (SELECT FROM billing.usage_default WHERE day = wanted) THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE billing.%I PARTITION OF billing.usage FOR VALUES FROM (%L) TO (%L)',
                   partition, wanted, wanted + 1);
    RETURN true;
END $$;

-- Sums of usage; written in the transaction of their rows, so that a chart can't disagree with the bill.
CREATE TABLE billing.usage_minute (
    minute                timestamptz NOT NULL,
    tenant_id             uuid NOT NULL,
    key_uid               uuid NOT NULL,
    model                 text NOT NULL,
    requests              bigint NOT NULL,
    failed_requests       bigint NOT NULL,
    estimated_requests    bigint NOT NULL,
    input_tokens          bigint NOT NULL,
    cached_input_tokens   bigint NOT NULL,
    cache_write_tokens    bigint NOT NULL,
    cache_write_1h_tokens bigint NOT NULL,
    output_tokens         bigint NOT NULL,
    reasoning_tokens      bigint NOT NULL,
    cost_micros           bigint NOT NULL,
    PRIMARY KEY (tenant_id, minute, key_uid, model)
);
CREATE INDEX usage_minute_time ON billing.usage_minute (minute);

-- Records that can't be booked, whole, for a human.
CREATE TABLE billing.usage_rejected (
    rejected_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- SHA-256 of the record: the same record is kept once.
    digest      bytea NOT NULL UNIQUE,
    hold_id     bytea NOT NULL,
    reason      text NOT NULL,
    -- The apihub.usage.v1.UsageRecord as it came.
    record      bytea NOT NULL,
    gateway     text NOT NULL,
    rejected_at timestamptz NOT NULL DEFAULT now()
);

-- What the operator shows as conditions of a Quota.
CREATE TABLE billing.limit_state (
    tenant_id       uuid NOT NULL,
    quota_namespace text NOT NULL,
    quota_name      text NOT NULL,
    limit_name      text NOT NULL,
    subject         text NOT NULL,
    exhausted       boolean NOT NULL,
    alerting_percent int NOT NULL DEFAULT 0,
    resets_at       timestamptz,
    changed_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, quota_namespace, quota_name, limit_name, subject)
);

--------------------------------------------------------------------------------------------------------------------- REST

-- The answer to a request with an Idempotency-Key, given again to a repeat; kept for ever.
CREATE TABLE billing.idempotent_answer (
    actor           text NOT NULL,
    idempotency_key text NOT NULL CHECK (length(idempotency_key) BETWEEN 1 AND 255),
    -- SHA-256 of method, path and body: the same key with another request is refused.
    request_digest  bytea NOT NULL,
    status          int NOT NULL,
    body            text NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (actor, idempotency_key)
);

------------------------------------------------------------------------------------------------------------------- grants

GRANT USAGE ON SCHEMA billing TO apihub_billing, apihub_operator;
GRANT SELECT ON ALL TABLES IN SCHEMA billing TO apihub_billing;
GRANT INSERT (tenant_id, credit_limit_micros), UPDATE (leased_micros, credit_limit_micros) ON billing.account TO apihub_billing;
GRANT INSERT (kind, reference, memo, actor, reason) ON billing.ledger_transaction TO apihub_billing;
GRANT INSERT ON billing.ledger_entry TO apihub_billing;
GRANT INSERT, UPDATE ON billing.incarnation, billing.lease, billing.usage, billing.usage_minute, billing.limit_state TO apihub_billing;
GRANT INSERT ON billing.usage_rejected, billing.idempotent_answer TO apihub_billing;
GRANT SELECT ON billing.limit_state TO apihub_operator;
REVOKE EXECUTE ON FUNCTION billing.ensure_usage_partition(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION billing.ensure_usage_partition(date) TO apihub_billing;
