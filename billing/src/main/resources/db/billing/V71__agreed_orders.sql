-- Writer of every table in this file: billing (io.apihub.billing.plan).

-- What was agreed on when a plan was ordered; nothing else is bought when the order is paid.
ALTER TABLE billing.plan_order
    -- Null: a plan that is bought.
    ADD COLUMN subscription_id uuid,
    -- Number of the period that is paid. 0 of older orders, of which it is not known: no period has it.
    ADD COLUMN period          int NOT NULL DEFAULT 0 CHECK (period >= 0),
    -- The price then.
    ADD COLUMN most_micros     bigint NOT NULL DEFAULT 0 CHECK (most_micros >= 0);
UPDATE billing.plan_order p SET most_micros = o.credit_micros, period = CASE WHEN p.action = 'BUY' THEN 1 ELSE 0 END
FROM billing.payment_order o WHERE o.order_id = p.order_id;
ALTER TABLE billing.plan_order ALTER COLUMN period DROP DEFAULT, ALTER COLUMN most_micros DROP DEFAULT;
