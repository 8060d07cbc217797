-- Writer of every table in this file: billing (io.apihub.billing.payment).

-- Counted before each new order.
CREATE INDEX payment_order_pending ON billing.payment_order (tenant_id) WHERE state = 'PENDING';
