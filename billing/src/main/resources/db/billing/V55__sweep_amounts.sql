-- Writer of every table in this file: billing (io.apihub.billing.payment).

-- Payments that both know, but not by the same amount.
ALTER TABLE billing.payment_sweep ADD COLUMN amounts_differ int NOT NULL DEFAULT 0;
-- What came in the last days, for the sweep's other direction.
CREATE INDEX payment_age ON billing.payment (provider, created_at);
