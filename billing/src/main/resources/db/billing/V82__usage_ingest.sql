-- Writer of every table in this file: billing (io.apihub.billing.usage).

-- The sums of the running minute and hour are written again and again. With room left in their pages, a new version of a row touches
-- no index. Pages that are full stay as they are: of minutes that are over.
ALTER TABLE billing.usage_minute SET (fillfactor = 50);
ALTER TABLE billing.usage_hour SET (fillfactor = 50);
