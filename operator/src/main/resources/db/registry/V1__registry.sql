-- One writer for every table here: the operator. billing reads what is granted to it at the end.
-- A row's `policy` is the message that gateways get (apihub.policy.v1); the typed columns are what SQL needs of it.

-- The locked row that orders all writes: revision order is commit order.
CREATE TABLE head (
    cluster  text   PRIMARY KEY,
    epoch    text   NOT NULL,
    term     bigint NOT NULL CHECK (term >= 0),
    revision bigint NOT NULL CHECK (revision >= 0)
);

CREATE TABLE tenant (
    cluster                 text        NOT NULL,
    uid                     uuid        NOT NULL,
    generation              bigint      NOT NULL,
    revision                bigint      NOT NULL,
    term                    bigint      NOT NULL,
    changed_at              timestamptz NOT NULL,
    deleted_at              timestamptz,
    fingerprint             bytea       NOT NULL,
    policy                  bytea       NOT NULL,
    name                    text        NOT NULL,
    namespace               text        NOT NULL,
    tenant_id               uuid        NOT NULL,
    suspended               boolean     NOT NULL,
    billing_mode            text        NOT NULL CHECK (billing_mode IN ('Prepaid', 'Postpaid', 'Unmetered')),
    credit_limit_micros     bigint      NOT NULL CHECK (credit_limit_micros >= 0),
    price_factor_millionths bigint      NOT NULL CHECK (price_factor_millionths >= 0),
    PRIMARY KEY (cluster, uid)
);
CREATE UNIQUE INDEX tenant_namespace ON tenant (cluster, namespace) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX tenant_name ON tenant (cluster, name) WHERE deleted_at IS NULL;
CREATE INDEX tenant_id ON tenant (tenant_id);
CREATE INDEX tenant_revision ON tenant (cluster, revision);

CREATE TABLE api_key (
    cluster     text        NOT NULL,
    uid         uuid        NOT NULL,
    generation  bigint      NOT NULL,
    revision    bigint      NOT NULL,
    term        bigint      NOT NULL,
    changed_at  timestamptz NOT NULL,
    deleted_at  timestamptz,
    fingerprint bytea       NOT NULL,
    policy      bytea       NOT NULL,
    name        text        NOT NULL,
    namespace   text        NOT NULL,
    tenant_id   uuid        NOT NULL,
    key_id      text        NOT NULL,
    disabled    boolean     NOT NULL,
    expires_at  timestamptz,
    PRIMARY KEY (cluster, uid)
);
CREATE UNIQUE INDEX api_key_name ON api_key (cluster, namespace, name) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX api_key_id ON api_key (cluster, key_id, tenant_id) WHERE deleted_at IS NULL;
CREATE INDEX api_key_tenant ON api_key (cluster, tenant_id) WHERE deleted_at IS NULL;
CREATE INDEX api_key_revision ON api_key (cluster, revision);

-- Digests that are out of use: never again active under the same key, and under another only if that was made later.
CREATE TABLE retired_digest (
    cluster    text        NOT NULL,
    tenant_id  uuid        NOT NULL,
    digest     bytea       NOT NULL CHECK (length(digest) = 32),
    key_uid    uuid        NOT NULL,
    retired_at timestamptz NOT NULL,
    PRIMARY KEY (cluster, tenant_id, digest, key_uid)
);

CREATE TABLE quota (
    cluster     text        NOT NULL,
    uid         uuid        NOT NULL,
    generation  bigint      NOT NULL,
    revision    bigint      NOT NULL,
    term        bigint      NOT NULL,
    changed_at  timestamptz NOT NULL,
    deleted_at  timestamptz,
    fingerprint bytea       NOT NULL,
    policy      bytea       NOT NULL,
    name        text        NOT NULL,
    namespace   text        NOT NULL,
    tenant_id   uuid        NOT NULL,
    PRIMARY KEY (cluster, uid)
);
CREATE UNIQUE INDEX quota_name ON quota (cluster, namespace, name) WHERE deleted_at IS NULL;
CREATE INDEX quota_revision ON quota (cluster, revision);

-- A model's uid is made from its name: it may go and come back.
CREATE TABLE model (
    cluster           text        NOT NULL,
    uid               uuid        NOT NULL,
    generation        bigint      NOT NULL,
    revision          bigint      NOT NULL,
    term              bigint      NOT NULL,
    changed_at        timestamptz NOT NULL,
    deleted_at        timestamptz,
    fingerprint       bytea       NOT NULL,
    policy            bytea       NOT NULL,
    name              text        NOT NULL,
    upstream_name     text        NOT NULL,
    context_tokens    bigint      NOT NULL,
    max_output_tokens bigint      NOT NULL,
    protocols         text[]      NOT NULL,
    PRIMARY KEY (cluster, uid)
);
CREATE UNIQUE INDEX model_name ON model (cluster, name);
CREATE INDEX model_revision ON model (cluster, revision);

-- Accepted once, never changed, never deleted; `version` is never reused.
CREATE TABLE price_book (
    cluster        text        NOT NULL,
    uid            uuid        NOT NULL,
    generation     bigint      NOT NULL,
    revision       bigint      NOT NULL,
    term           bigint      NOT NULL,
    changed_at     timestamptz NOT NULL,
    deleted_at     timestamptz CHECK (deleted_at IS NULL),
    fingerprint    bytea       NOT NULL,
    policy         bytea       NOT NULL,
    name           text        NOT NULL,
    version        bigint      NOT NULL UNIQUE,
    currency       text        NOT NULL,
    effective_from timestamptz NOT NULL,
    accepted_at    timestamptz NOT NULL,
    in_force_from  timestamptz NOT NULL CHECK (in_force_from >= effective_from),
    PRIMARY KEY (cluster, uid),
    UNIQUE (cluster, effective_from)
);
CREATE SEQUENCE price_book_version AS bigint OWNED BY price_book.version;
CREATE INDEX price_book_revision ON price_book (cluster, revision);

-- Micro-units of currency for each million tokens; per_request: micro-units.
CREATE TABLE price (
    version            bigint  NOT NULL REFERENCES price_book (version),
    ordinal            int     NOT NULL,
    model              text    NOT NULL,
    input              bigint  NOT NULL CHECK (input >= 0),
    cached_input       bigint  NOT NULL CHECK (cached_input >= 0),
    cache_write        bigint  NOT NULL CHECK (cache_write >= 0),
    cache_write_1h     bigint  NOT NULL CHECK (cache_write_1h >= 0),
    output             bigint  NOT NULL CHECK (output >= 0),
    per_request        bigint  NOT NULL CHECK (per_request >= 0),
    priced_per_request boolean NOT NULL,
    PRIMARY KEY (version, ordinal)
);

-- What each gateway was last known to have, by the operator replica that heard it. Written by every replica, each its own rows.
CREATE TABLE gateway_session (
    cluster        text   NOT NULL,
    gateway        text   NOT NULL,
    replica        text   NOT NULL,
    incarnation    bytea,
    epoch          text   NOT NULL DEFAULT '',
    acked_revision bigint NOT NULL DEFAULT 0,
    acked_at       timestamptz,
    feed_seen_at   timestamptz,
    left_at        timestamptz,
    xds_versions   jsonb  NOT NULL DEFAULT '{}',
    xds_nack       text,
    xds_seen_at    timestamptz,
    PRIMARY KEY (cluster, gateway, replica)
);

-- Configuration that a gateway refused, in Envoy's words.
CREATE TABLE xds_rejected (
    cluster     text        NOT NULL,
    type_url    text        NOT NULL,
    resource    text        NOT NULL,
    version     text        NOT NULL,
    gateway     text        NOT NULL,
    reason      text        NOT NULL,
    rejected_at timestamptz NOT NULL,
    PRIMARY KEY (cluster, type_url, resource, version)
);

GRANT USAGE ON SCHEMA registry TO apihub_operator, apihub_billing;
GRANT SELECT, INSERT, UPDATE ON head, tenant, api_key, quota, model TO apihub_operator;
GRANT SELECT, INSERT ON price_book, price, retired_digest TO apihub_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON gateway_session, xds_rejected TO apihub_operator;
GRANT USAGE ON SEQUENCE price_book_version TO apihub_operator;
GRANT SELECT ON head, tenant, api_key, quota, model, price_book, price TO apihub_billing;
