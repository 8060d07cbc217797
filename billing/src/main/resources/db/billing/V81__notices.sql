-- Writer of every table in this file: billing (io.apihub.billing.notice).

-- What a tenant is told of, and by which way. No row: the defaults, and no threshold.
CREATE TABLE billing.notice_setting (
    tenant_id          uuid PRIMARY KEY,
    -- The balance below which somebody is told; null: never.
    low_balance_micros bigint CHECK (low_balance_micros > 0),
    -- Since the last notice of it the balance has not been above; and how often that was.
    low                boolean NOT NULL DEFAULT false,
    low_episode        bigint NOT NULL DEFAULT 0,
    -- Kinds that are not told by mail, or by webhook.
    not_by_mail        text[] NOT NULL DEFAULT '{}',
    not_by_webhook     text[] NOT NULL DEFAULT '{}'
);
CREATE INDEX notice_setting_low ON billing.notice_setting (tenant_id) WHERE low_balance_micros IS NOT NULL;

-- What happened, once each: notice_key is what it is about. Rows stay, so that nothing is ever told of again.
CREATE TABLE billing.notice (
    notice_id     uuid PRIMARY KEY,
    seq           bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    tenant_id     uuid NOT NULL,
    kind          text NOT NULL CHECK (kind ~ '^[a-z-]{1,40}$'),
    notice_key    text NOT NULL UNIQUE CHECK (length(notice_key) BETWEEN 1 AND 1500),
    data          jsonb NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    -- When mails and deliveries were made of it, and how many.
    dispatched_at timestamptz,
    mails         int NOT NULL DEFAULT 0,
    deliveries    int NOT NULL DEFAULT 0
);
CREATE INDEX notice_tenant ON billing.notice (tenant_id, seq DESC);
CREATE INDEX notice_undispatched ON billing.notice (seq) WHERE dispatched_at IS NULL;

-- Where a tenant wants to be told by HTTP.
CREATE TABLE billing.webhook (
    webhook_id      uuid PRIMARY KEY,
    seq             bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    tenant_id       uuid NOT NULL,
    url             text NOT NULL CHECK (length(url) BETWEEN 9 AND 2000),
    description     text NOT NULL CHECK (length(description) <= 100),
    -- Sealed; signs what we send.
    secret          bytea NOT NULL,
    created_by      text NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    disabled_at     timestamptz,
    disabled_reason text,
    last_success_at timestamptz,
    -- Until then one billing sends to it, and no other.
    busy_until      timestamptz NOT NULL DEFAULT now(),
    CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL))
);
CREATE INDEX webhook_tenant ON billing.webhook (tenant_id, seq DESC);

-- A notice on its way to a webhook. Without notice: a test.
CREATE TABLE billing.webhook_delivery (
    delivery_id  uuid PRIMARY KEY,
    seq          bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    webhook_id   uuid NOT NULL REFERENCES billing.webhook ON DELETE CASCADE,
    notice_id    uuid REFERENCES billing.notice,
    -- The delivery that somebody had sent again.
    again_of     uuid,
    -- What the receiver tells repeats by: the notice, or the test.
    message_id   uuid NOT NULL,
    kind         text NOT NULL,
    body         text NOT NULL CHECK (length(body) <= 20000),
    state        text NOT NULL DEFAULT 'PENDING' CHECK (state IN ('PENDING', 'DELIVERED', 'GIVEN_UP')),
    tries        int NOT NULL DEFAULT 0,
    next_try_at  timestamptz NOT NULL DEFAULT now(),
    created_at   timestamptz NOT NULL DEFAULT now(),
    ended_at     timestamptz,
    last_status  int,
    last_error   text,
    CHECK ((state = 'PENDING') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX webhook_delivery_once ON billing.webhook_delivery (webhook_id, notice_id) WHERE again_of IS NULL;
CREATE INDEX webhook_delivery_due ON billing.webhook_delivery (webhook_id, next_try_at) WHERE state = 'PENDING';
CREATE INDEX webhook_delivery_log ON billing.webhook_delivery (webhook_id, seq DESC);
CREATE INDEX webhook_delivery_ended ON billing.webhook_delivery (ended_at) WHERE state <> 'PENDING';
CREATE INDEX webhook_delivery_notice ON billing.webhook_delivery (notice_id);

-- Each time something was sent. Of the answer only its status is kept: who answers may be nobody's business.
CREATE TABLE billing.webhook_attempt (
    delivery_id uuid NOT NULL REFERENCES billing.webhook_delivery ON DELETE CASCADE,
    number      int NOT NULL,
    at          timestamptz NOT NULL DEFAULT now(),
    millis      bigint NOT NULL,
    -- Null: no answer, then `error` says why.
    status      int,
    error       text,
    PRIMARY KEY (delivery_id, number)
);

GRANT SELECT, INSERT, UPDATE ON billing.notice_setting TO apihub_billing;
GRANT SELECT, INSERT (notice_id, tenant_id, kind, notice_key, data) ON billing.notice TO apihub_billing;
GRANT UPDATE (dispatched_at, mails, deliveries) ON billing.notice TO apihub_billing;
GRANT SELECT, DELETE ON billing.webhook, billing.webhook_delivery TO apihub_billing;
GRANT INSERT (webhook_id, tenant_id, url, description, secret, created_by) ON billing.webhook TO apihub_billing;
GRANT UPDATE (url, description, disabled_at, disabled_reason, last_success_at, busy_until) ON billing.webhook TO apihub_billing;
GRANT INSERT (delivery_id, webhook_id, notice_id, again_of, message_id, kind, body) ON billing.webhook_delivery TO apihub_billing;
GRANT UPDATE (state, tries, next_try_at, ended_at, last_status, last_error) ON billing.webhook_delivery TO apihub_billing;
GRANT SELECT, INSERT, DELETE ON billing.webhook_attempt TO apihub_billing;
