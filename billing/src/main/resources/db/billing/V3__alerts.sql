-- Writer of every table in this file: billing (io.apihub.billing).

-- The percentages of the amount at which somebody is told, as the limit had them when it was last looked at.
ALTER TABLE billing.budget ADD COLUMN alert_percents int[] NOT NULL DEFAULT '{}';
GRANT UPDATE (alert_percents) ON billing.budget TO apihub_billing;

-- What resets next, found every second.
CREATE INDEX limit_state_resets ON billing.limit_state (resets_at) WHERE exhausted OR alerting_percent > 0;
