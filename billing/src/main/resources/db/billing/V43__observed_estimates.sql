-- Writer of every table in this file: billing (io.apihub.billing.usage).

-- Of a row that is no measurement: the budgets that counted it while their limits were in Shadow. The truth that may come later changes
-- these, whatever the limits are by then; without a foreign key, as windows are forgotten sooner than usage.
ALTER TABLE billing.usage ADD COLUMN observed_in bigint[];
