-- Writer of every table in this file: billing (io.apihub.billing.payment).

-- Payments of the platform's list that are no orders of ours at all.
ALTER TABLE billing.payment_sweep ADD COLUMN foreign_there int NOT NULL DEFAULT 0;
