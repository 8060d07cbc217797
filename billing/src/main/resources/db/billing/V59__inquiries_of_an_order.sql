-- Writer of every table in this file: billing (io.apihub.billing.payment).

-- How many of an order wait is looked at before another one is taken.
CREATE INDEX payment_inquiry_order ON billing.payment_inquiry (order_id);
