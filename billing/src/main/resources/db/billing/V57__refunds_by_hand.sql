-- Writer of every table in this file: billing (io.apihub.billing.payment).

ALTER TABLE billing.payment_refund
    -- How often the platform refused in clear words; outages are no refusals.
    ADD COLUMN refusals      int NOT NULL DEFAULT 0,
    -- Until then the platform is asked whether it gave back after all what the tenant has again; null: it is not asked.
    ADD COLUMN watched_until timestamptz;
DROP INDEX billing.payment_refund_due;
CREATE INDEX payment_refund_due ON billing.payment_refund (next_try_at)
    WHERE state IN ('RESERVED', 'SENT') OR watched_until IS NOT NULL;
GRANT UPDATE (refusals, watched_until) ON billing.payment_refund TO apihub_billing;
