-- Writer of every table in this file: billing (io.apihub.billing).

-- Sums by hour of UTC, beside the minutes and in the same transaction: what charts of days and months read.
CREATE TABLE billing.usage_hour (
    hour                  timestamptz NOT NULL,
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
    PRIMARY KEY (tenant_id, hour, key_uid, model)
) WITH (fillfactor = 80);
CREATE INDEX usage_hour_time ON billing.usage_hour USING brin (hour);

INSERT INTO billing.usage_hour
SELECT date_trunc('hour', minute, 'UTC'), tenant_id, key_uid, model, sum(requests), sum(failed_requests), sum(estimated_requests),
       sum(input_tokens), sum(cached_input_tokens), sum(cache_write_tokens), sum(cache_write_1h_tokens), sum(output_tokens),
       sum(reasoning_tokens), sum(cost_micros)
  FROM billing.usage_minute GROUP BY 1, 2, 3, 4;

-- What went wrong is rare, so that finding it costs no look at the rest.
CREATE INDEX usage_failed ON billing.usage (tenant_id, hold_id)
    WHERE status >= 400 OR status = 0 OR outcome <> 'measured';

-- What an event stream missed while it was away: by the time of recording, at next to no cost for the ingest.
CREATE INDEX usage_recorded ON billing.usage USING brin (recorded_at) WITH (pages_per_range = 32, autosummarize = on);

GRANT SELECT, INSERT, UPDATE ON billing.usage_hour TO apihub_billing;
