-- Writer of every table in this file: billing (io.apihub.billing.payment).

-- What is due is asked for by provider: another one's, however much of it waits, is not even read.
DROP INDEX billing.payment_order_due;
CREATE INDEX payment_order_due ON billing.payment_order (provider, next_poll_at) WHERE next_poll_at IS NOT NULL;
DROP INDEX billing.payment_inquiry_due;
CREATE INDEX payment_inquiry_due ON billing.payment_inquiry (provider, next_try_at);
