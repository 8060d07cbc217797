-- Writer of every table in this file: billing (io.apihub.billing.payment).

-- Payments are given back in parts, one at a time, and never more than was paid.
ALTER TABLE billing.payment_order
    ADD COLUMN refunded_amount numeric(14, 2) NOT NULL DEFAULT 0,
    ADD CHECK (refunded_amount BETWEEN 0 AND pay_amount),
    ADD CHECK (state <> 'REFUNDED' OR refunded_amount > 0) NOT VALID;
UPDATE billing.payment_order SET refunded_amount = pay_amount WHERE state = 'REFUNDED';

ALTER TABLE billing.payment_refund
    -- In the order's currency, and what of the credit and the bonus is taken for it.
    ADD COLUMN pay_amount numeric(14, 2),
    ADD COLUMN credit_micros bigint,
    ADD COLUMN bonus_micros bigint;
UPDATE billing.payment_refund r SET pay_amount = o.pay_amount, credit_micros = o.credit_micros, bonus_micros = o.bonus_micros
FROM billing.payment_order o WHERE o.order_id = r.order_id;
ALTER TABLE billing.payment_refund
    ALTER COLUMN pay_amount SET NOT NULL,
    ALTER COLUMN credit_micros SET NOT NULL,
    ALTER COLUMN bonus_micros SET NOT NULL,
    ADD CHECK (pay_amount > 0),
    ADD CHECK (credit_micros >= 0 AND bonus_micros >= 0 AND credit_micros + bonus_micros > 0);

DROP INDEX billing.payment_refund_one;
CREATE UNIQUE INDEX payment_refund_one ON billing.payment_refund (order_id) WHERE state IN ('RESERVED', 'SENT');
CREATE INDEX payment_refund_order ON billing.payment_refund (order_id);

GRANT UPDATE (refunded_amount) ON billing.payment_order TO apihub_billing;
