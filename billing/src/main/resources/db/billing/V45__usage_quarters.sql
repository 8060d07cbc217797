-- Writer of every table in this file: billing (io.apihub.billing.usage).

-- Sums of quarters of hours of UTC, made when an hour is over: for zones whose days begin within one (India, Nepal). No request
-- writes them. They are good for as long as nothing was added to their hour: `version` is the xmin of the row of usage_hour
-- that they are the quarters of. Whoever reads them looks, and takes the minutes of an hour that has changed since.
CREATE TABLE billing.usage_quarter (
    tenant_id             uuid NOT NULL,
    hour                  timestamptz NOT NULL,
    key_uid               uuid NOT NULL,
    model                 text NOT NULL,
    part                  smallint NOT NULL CHECK (part BETWEEN 0 AND 3),
    version               xid NOT NULL,
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
    PRIMARY KEY (tenant_id, hour, key_uid, model, part)
);

GRANT SELECT, INSERT, UPDATE ON billing.usage_quarter TO apihub_billing;
